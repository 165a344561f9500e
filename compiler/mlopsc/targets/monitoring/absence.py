"""Alerts on an exporter of figures that nobody sees: the service, or that of the jobs."""

import math

from mlopsc.targets.monitoring.human import duration
from mlopsc.targets.monitoring.promql import series
from mlopsc.targets.monitoring.rule import Alerting, Case
from mlopsc.targets.monitoring.watched import Watched


def service(watched: Watched) -> Alerting:
    """Return the alert on a service that does not run, or is not scraped."""
    return _absent(
        watched,
        "ServiceDown",
        "model_info",
        "service",
        "page",
        120,
        "no copy of the service is seen",
        look="Does it run (make verify)? Is it scraped (Prometheus, Status, Targets)?",
        action="It does not run: its log; after a deployment, make back-out. Else: its target, the network.",
    )


def exporter(watched: Watched) -> Alerting:
    """Return the alert on `make exporter` that does not run."""
    return _absent(
        watched,
        "ExporterDown",
        "model_exporter_up",
        "exporter",
        "warning",
        600,
        "the exporter is not seen, so that drift, data and age are not watched",
        look="Does make exporter run? Is it scraped (Prometheus, Status, Targets)?",
        action="Start it again, best under a supervisor; then look at the figures that were missed.",
    )


def _absent(
    watched: Watched,
    name: str,
    metric: str,
    about: str,
    severity: str,
    hold: float,
    said: str,
    *,
    look: str,
    action: str,
) -> Alerting:
    selected, after = series(metric, watched.scope), math.ceil(hold / 60)
    # It is there for three minutes, then its target is gone.
    dying = {series(metric, watched.scope, 'instance="a"'): "1+0x2 stale"}
    cases = (
        Case("fires without data", {}, (after - 1,), {after: ""}),
        Case("silent while it is there", {selected: f"1+0x{after + 5}"}, (after, after + 5)),
        Case("fires when it goes", dying, (after + 2,), {after + 3: ""}),
    )
    return Alerting(
        name=name,
        expression=f"absent({selected})",
        metric=about,
        severity=severity,
        hold=hold,
        summary=f"{watched.called}: {said}",
        shown="",
        meaning=f"For {duration(hold)}, {said}.",
        look=look,
        action=action,
        metrics=(metric,),
        cases=cases,
    )
