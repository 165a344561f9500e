"""What make alertmanager puts in place: files of secrets, and values that Alertmanager takes from no file."""

from collections.abc import Iterator, Mapping
from typing import Any

from mlopsc.targets.monitoring.watched import Watched

FOLDER = "/etc/alertmanager"
TOKEN = "ON_ALERT_TOKEN"  # noqa: S105  # nosec B105
ADDRESS = "127.0.0.1:9109"
# Between two rollbacks that alerts have asked for, in seconds.
COOLDOWN = 6 * 3600


def rolls_back(watched: Watched) -> bool:
    """Return whether an alert may take a version back."""
    return any(alert.rollback for alert in watched.monitoring.alerts)


def listens(watched: Watched) -> bool:
    """Return whether ops/on_alert.py has something to do."""
    told = watched.environment.notify
    return rolls_back(watched) or bool(told and told.webhook)


def installed(watched: Watched) -> dict[str, list[str]]:
    """Return the variables whose values become files, and those whose values are put into the text."""
    told = watched.environment.notify
    smtp: Mapping[str, Any] = told.smtp if told and told.email else {}
    files = [name_of(value) for value in (told.slack if told else "", smtp.get("password", "")) if value]
    token = [TOKEN] if listens(watched) else []
    return {"files": [*files, *token], "values": list(_put_in(smtp))}


def _put_in(smtp: Mapping[str, Any]) -> Iterator[str]:
    yield from (name_of(smtp[key]) for key in ("host", "user") if isinstance(smtp.get(key), Mapping))


def file_of(reference: Any, name: str) -> str:
    """Return the file of a secret; `name` is the folder of a model in an environment."""
    return f"{FOLDER}/{name}/{name_of(reference)}"


def name_of(reference: Any) -> str:
    """Return the variable that holds a value."""
    return str(next(iter(reference.values())))


def text_of(value: Any) -> str:
    """Return a value, or what stands for that of a variable."""
    return f"<{name_of(value)}>" if isinstance(value, Mapping) else str(value)
