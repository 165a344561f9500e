"""What an environment connects to: the tracking store, and the people who are told."""

from typing import TYPE_CHECKING, Any

from mlopsc.model import Notify, Tracking
from mlopsc.resolve.parts import reference

if TYPE_CHECKING:
    from mlopsc.spec import Spec

_STORE = "sqlite:///mlflow.db"


def tracking(spec: "Spec") -> Tracking:
    """Return the tracking store: MLflow's usual file where the spec names none."""
    name = spec.model.name if spec.model else ""
    if spec.tracking is None:
        return Tracking(_STORE, name)
    return Tracking(reference(spec.tracking.uri), spec.tracking.experiment or name)


def notify(spec: "Spec") -> Notify | None:
    """Return who is told, and by which mail server."""
    told = spec.monitoring.notify if spec.monitoring else None
    if told is None:
        return None
    return Notify(
        slack=reference(told.slack),
        email=told.email or "",
        webhook=reference(told.webhook),
        smtp=_smtp(spec) if told.email else {},
    )


def _smtp(spec: "Spec") -> dict[str, Any]:
    server = spec.connections.smtp if spec.connections else None
    if server is None:
        return {}
    given = {
        "host": reference(server.host),
        "port": server.port,
        "user": reference(server.user),
        "password": reference(server.password),
    }
    return {name: value for name, value in given.items() if value}
