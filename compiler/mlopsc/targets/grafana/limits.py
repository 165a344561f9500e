"""What is bad, drawn as lines: the levels of alerts and of what the service promises."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mlopsc.model import Environment

_COLORS = {"warning": "orange", "page": "red"}


@dataclass(frozen=True, slots=True, order=True)
class Limit:
    """A level of a metric, and on which side of it things are bad."""

    metric: str
    level: float
    above: bool
    severity: str


def limits(environment: Environment) -> list[Limit]:
    """Return the levels of an environment: its alerts', then those of the promises that no alert names."""
    watched = environment.monitoring
    found = [
        Limit(alert.metric, level, above, alert.severity)
        for alert in (watched.alerts if watched else ())
        for level, above in ((alert.above, True), (alert.below, False))
        if level is not None
    ]
    alerted = {each.metric for each in found}
    promised = environment.service.slo if environment.service else {}
    return found + [
        Limit(name, level, True, "page") for name, level in promised.items() if name not in alerted
    ]


def steps(found: Iterable[Limit]) -> list[dict[str, Any]]:
    """Return Grafana's thresholds: from which value on which colour is drawn, the lowest first."""
    known = sorted(found, key=lambda each: (each.level, each.severity == "page"))
    low = {each.level: _COLORS[each.severity] for each in known if not each.above}
    high = {each.level: _COLORS[each.severity] for each in known if each.above}
    colors, levels = [*low.values(), "green", *high.values()], [None, *low, *high]
    return [{"color": color, "value": level} for color, level in zip(colors, levels, strict=True)]
