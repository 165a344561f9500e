"""What is watched in an environment."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mlopsc.model.watching import Alert, Monitoring
from mlopsc.resolve.parts import longest, reference, seconds
from mlopsc.resolve.views import View
from mlopsc.source.nodes import Node

if TYPE_CHECKING:
    from mlopsc.spec import Spec

_DEFAULT_HISTORY = {"url": "http://127.0.0.1:8086", "bucket": "models"}


def monitoring(view: View) -> Monitoring | None:
    """Return what is watched, or None without the section."""
    spec = view.spec
    written = spec.monitoring
    if written is None:
        return None
    server = spec.connections.prometheus if spec.connections else None
    slo = bool(spec.serving and spec.serving.slo) and _wants_alerts(view)
    watched = slo or bool(written.alerts)
    return Monitoring(
        alerts=tuple(_alerts(spec)),
        slo=slo,
        dashboard=written.dashboard == "grafana",
        form=written.format,
        history=_history(spec) if written.history else {},
        prometheus=reference(server.url if server else None),
        runbook_url=written.runbook_url or "",
        drift_every=longest(spec.drift.schedule) if watched and spec.drift else 0,
        validation_every=longest(spec.validation.schedule) if watched and spec.validation else 0,
        scoring_every=longest(spec.scoring.schedule) if watched and spec.scoring else 0,
    )


def _alerts(spec: "Spec") -> Iterator[Alert]:
    for place, alert in enumerate(spec.monitoring.alerts if spec.monitoring else ()):
        yield Alert(
            metric=alert.metric,
            above=alert.above.value if alert.above else None,
            below=alert.below.value if alert.below else None,
            for_seconds=seconds(alert.for_),
            severity=alert.severity,
            rollback=alert.rollback,
            place=place,
        )


def _wants_alerts(view: View) -> bool:
    """Say whether the spec itself asks for monitoring: of inherited receivers alone nobody makes alerts."""
    node = view.document.find(("monitoring",))
    if node is None or not isinstance(node.value, dict) or set(node.value) - {"notify"}:
        return True
    return any(_own(each, view.document.name) for _, each in node.walk())


def _own(node: Node, spec: str) -> bool:
    return spec in (node.span.file, node.key.file if node.key else "")


def _history(spec: "Spec") -> dict[str, Any]:
    server = spec.connections.influxdb if spec.connections else None
    given = {
        "url": reference(server.url) if server else "",
        "org": (server.org or "") if server else "",
        "bucket": (server.bucket or "") if server else "",
        "token": reference(server.token) if server else "",
    }
    return _DEFAULT_HISTORY | {name: value for name, value in given.items() if value}
