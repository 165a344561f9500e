"""Alerts on what is not there: no service, no exporter, no checks, no requests."""

from collections.abc import Iterator

from mlopsc.targets.monitoring.absence import exporter, service
from mlopsc.targets.monitoring.idle import idle
from mlopsc.targets.monitoring.overdue import overdue, source
from mlopsc.targets.monitoring.rule import Alerting
from mlopsc.targets.monitoring.watched import Watched


def silences(watched: Watched) -> Iterator[Alerting]:
    """Yield the alerts on what this model should export here."""
    served, model, asked = watched.environment.service, watched.model, watched.monitoring
    if served:
        yield service(watched)
    if served and served.traffic:
        yield idle(watched, served.traffic)
    if watched.batch:
        yield exporter(watched)
        yield source(watched)
    if watched.batch and model.drift and asked.drift_every:
        yield overdue(watched, "drift", asked.drift_every)
    if watched.batch and model.validation and asked.validation_every:
        yield overdue(watched, "data", asked.validation_every)
    if watched.batch and model.scoring and asked.scoring_every:
        yield overdue(watched, "scores", asked.scoring_every)
