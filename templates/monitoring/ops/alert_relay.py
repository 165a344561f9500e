"""Passes what Alertmanager says on to the webhook of the spec, whose address is a secret."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from importlib import import_module
from typing import Any

# Alertmanager gives up after ten seconds by default, and tries again.
SECONDS = 8.0
MOST_ALERTS = 20


def relay(config: Mapping[str, Any], message: Mapping[str, Any]) -> tuple[HTTPStatus, str]:
    """Send a message; 503 asks Alertmanager to try again, 400 tells it not to."""
    # There only where the spec tells somebody.
    channels = import_module("channels")
    alerts = [alert for alert in message["alerts"] if isinstance(alert, dict)]
    status = str(message.get("status", ""))
    severities = {_part(alert, "labels", "severity") for alert in alerts}
    names = dict.fromkeys(_part(alert, "labels", "alertname") for alert in alerts)
    told = channels.Message(
        model=config["model"]["name"],
        severity="page" if "page" in severities else "warning",
        title=f"[{status.upper()}] {', '.join(names)}",
        text="\n".join(_line(alert) for alert in alerts[:MOST_ALERTS]),
        key=str(message.get("groupKey", "")),
    )
    webhook = channels.channels({"webhook": config["notify"]["webhook"]})["webhook"]
    try:
        webhook(told, SECONDS)
    except channels.TransientError as fault:
        return HTTPStatus.SERVICE_UNAVAILABLE, str(fault)
    except channels.RefusedError as fault:
        print(f"on_alert: the webhook was not told: {fault}", flush=True)
        return HTTPStatus.BAD_REQUEST, str(fault)
    return HTTPStatus.OK, "told"


def _line(alert: Mapping[str, Any]) -> str:
    summary, link = (_part(alert, "annotations", name) for name in ("summary", "runbook_url"))
    return f"[{alert.get('status', '')}] {summary} {link}".strip()


def _part(alert: Mapping[str, Any], group: str, name: str) -> str:
    found = alert.get(group)
    return str(found.get(name, "")) if isinstance(found, dict) else ""
