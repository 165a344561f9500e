"""Watching a model in production."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlopsc.model.loop import Reference


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule of the user's: fires when the metric is above or below a level for so many seconds.

    Levels are in the unit of the metric: seconds, a share, or a number; `place` is the rule's index in
    `monitoring.alerts`.
    """

    metric: str
    above: float | None
    below: float | None
    for_seconds: float
    severity: str
    rollback: bool
    place: int


@dataclass(frozen=True, slots=True)
class Monitoring:
    """What is watched in one environment.

    `slo` says that alerts follow from `serving.slo` too; `form` is files or operator; `history` holds
    InfluxDB's url, org, bucket and token, or nothing; `prometheus` is its address, or empty. `drift_every`,
    `validation_every` and `scoring_every` are the longest times between two scheduled runs, in seconds; 0
    without a schedule.
    """

    alerts: tuple[Alert, ...]
    slo: bool
    dashboard: bool
    form: str
    history: Mapping[str, Any]
    prometheus: Reference
    runbook_url: str
    drift_every: float = 0
    validation_every: float = 0
    scoring_every: float = 0

    @property
    def rules(self) -> bool:
        """Whether anything is alerted on."""
        return bool(self.alerts) or self.slo
