"""Who is told by Alertmanager, and what may roll back: the values of alertmanager.yml.

Written for 0.25 and later. A secret is a file; of what Alertmanager takes from no file, `<NAME>` stands for
the value of a variable, which `make alertmanager` puts in.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mlopsc.model import Notify
from mlopsc.targets.monitoring.watched import Watched

FOLDER = "/etc/alertmanager"
TOKEN = "ON_ALERT_TOKEN"  # noqa: S105  # nosec B105
ADDRESS = "127.0.0.1:9109"
# Between two rollbacks that alerts have asked for, in seconds.
COOLDOWN = 6 * 3600
# Told by ops/on_alert.py: up to 0.25, Alertmanager reads the address of a webhook from no file.
_RELAY, _ROLLBACK = f"http://{ADDRESS}/tell", f"http://{ADDRESS}/rollback"
_SUBMISSION = 587


def is_told(watched: Watched) -> bool:
    """Return whether anything happens when an alert fires."""
    return bool(watched.environment.notify) or rolls_back(watched)


def rolls_back(watched: Watched) -> bool:
    """Return whether an alert may take a version back."""
    return any(alert.rollback for alert in watched.monitoring.alerts)


def listens(watched: Watched) -> bool:
    """Return whether ops/on_alert.py has something to do."""
    told = watched.environment.notify
    return rolls_back(watched) or bool(told and told.webhook)


def receivers(watched: Watched) -> dict[str, Any]:
    """Return the values of the template."""
    told, name = watched.environment.notify, "-".join(watched.scope.values())
    of_model = [f'{label}="{value}"' for label, value in watched.scope.items()]
    return {
        "name": name,
        "rollback_name": f"{name}-rollback",
        "of_model": of_model,
        "of_rollback": [*of_model, 'rollback="once"'],
        "of_page": [*of_model, 'severity="page"'],
        "of_warning": [*of_model, 'severity="warning"'],
        "of_down": [*of_model, 'alertname="ServiceDown"'],
        "of_service": [*of_model, 'metric=~"error_rate|latency_p..|request_rate"'],
        "rollback": [{"url": _ROLLBACK}] if rolls_back(watched) else [],
        "slack": [{"file": _file(told.slack, name)}] if told and told.slack else [],
        "email": [_mail(told, name)] if told and told.email else [],
        "webhook": [{"url": _RELAY}] if told and told.webhook else [],
        "token": f"{FOLDER}/{name}/{TOKEN}",
    }


def installed(watched: Watched) -> dict[str, list[str]]:
    """Return the variables whose values become files, and those whose values are put into the text."""
    told = watched.environment.notify
    smtp: Mapping[str, Any] = told.smtp if told and told.email else {}
    files = [_name(value) for value in (told.slack if told else "", smtp.get("password", "")) if value]
    token = [TOKEN] if listens(watched) else []
    return {"files": [*files, *token], "values": list(_put_in(smtp))}


def _put_in(smtp: Mapping[str, Any]) -> Iterator[str]:
    yield from (_name(smtp[key]) for key in ("host", "user") if isinstance(smtp.get(key), Mapping))


def _mail(told: Notify, name: str) -> dict[str, Any]:
    smtp = told.smtp
    host, user = _text(smtp.get("host", "localhost")), _text(smtp.get("user", ""))
    password = smtp.get("password")
    return {
        "to": told.email,
        "from": user if "@" in user else told.email,
        "smarthost": f"{host}:{smtp.get('port', _SUBMISSION)}",
        "login": [{"user": user, "file": _file(password, name)}] if user and password else [],
    }


def _file(reference: Any, name: str) -> str:
    return f"{FOLDER}/{name}/{_name(reference)}"


def _name(reference: Any) -> str:
    """Return the variable that holds a value."""
    return str(next(iter(reference.values())))


def _text(value: Any) -> str:
    return f"<{_name(value)}>" if isinstance(value, Mapping) else str(value)
