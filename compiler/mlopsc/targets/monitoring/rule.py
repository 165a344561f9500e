"""What a rule is: data, from which rules.yml, its tests, the runbook and the linker's needs are made."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# Seconds that an alert stays after its cause is gone: what comes and goes with each scrape is one message.
KEEP_FIRING = 600


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording rule; `metrics` are what its expression reads."""

    name: str
    expression: str
    metrics: tuple[str, ...]
    help: str


@dataclass(frozen=True, slots=True)
class Case:
    """One test of an alert: series with promtool's values, one sample a minute from minute 0.

    The alert is silent in the minutes `silent`; it fires in the minutes `fires`, with the figure that
    its text then holds.
    """

    title: str
    series: Mapping[str, str]
    silent: tuple[int, ...] = ()
    fires: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alerting:
    """An alert: `summary` holds `{}` where its figure stands; `shown` is the template of the figure.

    `metric` is what it is about, in the words of the spec: a page about it silences its warnings.
    `hold` is how many seconds the expression must be true; `meaning`, `look` and `action` are for people.
    """

    name: str
    expression: str
    metric: str
    severity: str
    hold: float
    summary: str
    shown: str
    meaning: str
    look: str
    action: str
    metrics: tuple[str, ...]
    cases: tuple[Case, ...]
    rollback: bool = False
