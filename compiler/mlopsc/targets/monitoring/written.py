"""Rules as the values of the templates: rules.yml, its tests, and the operator's object."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mlopsc.targets.monitoring.budgets import budgets, burning, burns, impossible
from mlopsc.targets.monitoring.human import duration, literal
from mlopsc.targets.monitoring.levels import levels
from mlopsc.targets.monitoring.recordings import recordings
from mlopsc.targets.monitoring.rule import KEEP_FIRING, Alerting, Case, Recording
from mlopsc.targets.monitoring.silence import silences
from mlopsc.targets.monitoring.watched import Watched


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of a model in an environment, in the order in which they are evaluated."""

    recordings: tuple[Recording, ...]
    alerts: tuple[Alerting, ...]


def rules(watched: Watched) -> Rules:
    """Return the rules of what is watched."""
    return Rules(tuple(_recordings(watched)), (*levels(watched), *burns(watched), *silences(watched)))


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
        "tests": [_test(each, case, watched) for each in found.alerts for case in each.cases],
    }


def labels(alert: Alerting, watched: Watched) -> dict[str, str]:
    """Return the labels of an alert; those of series that are not there are set by hand."""
    once = {"rollback": "once"} if alert.rollback else {}
    owner = {"owner": literal(watched.model.owner)} if watched.model.owner else {}
    return {"severity": alert.severity, **watched.scope, "metric": alert.metric, **owner, **once}


def _recordings(watched: Watched) -> Iterator[Recording]:
    service = watched.environment.service
    if service is None:
        return
    pairs = list(burning(watched))
    windows = [w for budget, burn in pairs if budget.bound is None for w in (burn.short, burn.long)]
    slow = [
        (budget.metric, budget.bound, window)
        for budget in budgets(service.slo)
        if budget.bound is not None
        for window in dict.fromkeys(
            w for pair, burn in pairs if pair == budget for w in (burn.short, burn.long)
        )
    ]
    yield from recordings(watched.scope, windows, slow)


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
        "labels": _rows(labels(alert, watched)),
        "annotations": _rows(_annotations(alert, alert.shown, watched, escape=True)),
    }


def _annotations(alert: Alerting, figure: str, watched: Watched, escape: bool) -> dict[str, str]:
    monitoring = watched.monitoring
    said = literal if escape else str
    before, _, after = alert.summary.partition("{}")
    link = f"{monitoring.runbook_url or 'RUNBOOK.md'}#{alert.name.lower()}"
    dashboard = {"dashboard": f"Grafana: {watched.model.name}"} if monitoring.dashboard else {}
    summary = f"{said(before)}{figure}{said(after)}"
    return {
        "summary": summary,
        "description": said(alert.meaning),
        "runbook_url": said(link),
        **dashboard,
    }


def _test(alert: Alerting, case: Case, watched: Watched) -> dict[str, Any]:
    told = {"labels": _rows(labels(alert, watched))}
    expected = [
        {"minute": f"{minute}m", "fires": [{**told, "annotations": _told(alert, figure, watched)}]}
        for minute, figure in case.fires.items()
    ]
    silent = [{"minute": f"{minute}m", "fires": []} for minute in case.silent]
    return {
        "name": f"{alert.name}: {case.title}",
        "series": [{"series": name, "samples": value} for name, value in case.series.items()],
        "alert": alert.name,
        "looks": [*silent, *expected],
    }


def _told(alert: Alerting, figure: str, watched: Watched) -> list[dict[str, str]]:
    return _rows(_annotations(alert, figure, watched, escape=False))


def _rows(pairs: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs.items()]
