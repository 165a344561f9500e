"""Who is told by Alertmanager, and what may roll back: the values of alertmanager.yml.

Written for 0.25 and later. A secret is a file; of what Alertmanager takes from no file, `<NAME>` stands for
the value of a variable, which `make alertmanager` puts in.
"""

from typing import Any

from mlopsc.model import Notify
from mlopsc.targets.monitoring.installed import ADDRESS, FOLDER, TOKEN, file_of, rolls_back, text_of
from mlopsc.targets.monitoring.watched import Watched

# Told by ops/on_alert.py: up to 0.25, Alertmanager reads the address of a webhook from no file.
_RELAY, _ROLLBACK = f"http://{ADDRESS}/tell", f"http://{ADDRESS}/rollback"
_SUBMISSION = 587


def is_told(watched: Watched) -> bool:
    """Return whether anything happens when an alert fires."""
    return bool(watched.environment.notify) or rolls_back(watched)


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
        "slack": [{"file": file_of(told.slack, name)}] if told and told.slack else [],
        "email": [_mail(told, name)] if told and told.email else [],
        "webhook": [{"url": _RELAY}] if told and told.webhook else [],
        "token": f"{FOLDER}/{name}/{TOKEN}",
    }


def _mail(told: Notify, name: str) -> dict[str, Any]:
    smtp = told.smtp
    host, user = text_of(smtp.get("host", "localhost")), text_of(smtp.get("user", ""))
    password = smtp.get("password")
    return {
        "to": told.email,
        "from": user if "@" in user else told.email,
        "smarthost": f"{host}:{smtp.get('port', _SUBMISSION)}",
        "login": [{"user": user, "file": file_of(password, name)}] if user and password else [],
    }
