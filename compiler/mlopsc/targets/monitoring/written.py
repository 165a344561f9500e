"""Rules as the values of the templates: rules.yml, its tests, and the operator's object."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mlopsc.targets.monitoring.burning import burns, impossible
from mlopsc.targets.monitoring.human import duration
from mlopsc.targets.monitoring.levels import levels
from mlopsc.targets.monitoring.recorded import wanted
from mlopsc.targets.monitoring.rule import KEEP_FIRING, Alerting, Recording
from mlopsc.targets.monitoring.silence import silences
from mlopsc.targets.monitoring.tested import test
from mlopsc.targets.monitoring.told import annotations, labels, rows
from mlopsc.targets.monitoring.watched import Watched


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of a model in an environment, in the order in which they are evaluated."""

    recordings: tuple[Recording, ...]
    alerts: tuple[Alerting, ...]


def rules(watched: Watched) -> Rules:
    """Return the rules of what is watched."""
    return Rules(tuple(wanted(watched)), (*levels(watched), *burns(watched), *silences(watched)))


def values(watched: Watched, found: Rules) -> dict[str, Any]:
    """Return the values of the templates."""
    name = "-".join(watched.scope.values())
    return {
        "name": name,
        "model": watched.model.name,
        "recordings": [{"name": r.name, "expression": r.expression} for r in found.recordings],
        "remarks": list(impossible(watched)),
        "alerts": [_alert(each, watched) for each in found.alerts],
        "jobs": list(_jobs(watched)),
        "tests": [test(each, case, watched) for each in found.alerts for case in each.cases],
    }


def _jobs(watched: Watched) -> Iterator[dict[str, Any]]:
    name = watched.model.name
    if watched.environment.service:
        yield {"name": f"{name}-service", "targets": ["127.0.0.1:8080"]}
    if watched.batch:
        yield {"name": f"{name}-figures", "targets": ["127.0.0.1:9108"]}


def _alert(alert: Alerting, watched: Watched) -> dict[str, Any]:
    return {
        "name": alert.name,
        "expression": alert.expression,
        "for": duration(alert.hold),
        "keep": duration(KEEP_FIRING),
        "labels": rows(labels(alert, watched, escape=True)),
        "annotations": rows(annotations(alert, alert.shown, watched, escape=True)),
    }
