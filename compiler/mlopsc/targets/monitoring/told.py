"""Labels and texts of an alert, as rules.yml and its tests hold them."""

from mlopsc.targets.monitoring.human import literal
from mlopsc.targets.monitoring.rule import Alerting
from mlopsc.targets.monitoring.watched import Watched

Rows = list[dict[str, str]]


def labels(alert: Alerting, watched: Watched, escape: bool) -> dict[str, str]:
    """Return the labels of an alert, all set by hand; `escape` where templates of Prometheus read them."""
    once = {"rollback": "once"} if alert.rollback else {}
    said = watched.model.owner
    owner = {"owner": literal(said) if escape else said} if said else {}
    return {"severity": alert.severity, **watched.scope, "metric": alert.metric, **owner, **once}


def annotations(alert: Alerting, figure: str, watched: Watched, escape: bool) -> dict[str, str]:
    """Return the texts; `escape` where templates of Prometheus read them."""
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


def rows(pairs: dict[str, str]) -> Rows:
    """Return pairs as the rows of a template."""
    return [{"name": name, "value": value} for name, value in pairs.items()]
