"""Which training is asked for: by the caller, or by what the drift check has reported."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

REPORT = Path("reports", "drift.json")


def training(config: Mapping[str, Any]) -> dict[str, str]:
    """Return the inputs of the workflow that trains; none if nothing asks for it."""
    trigger, event = os.environ.get("TRIGGER", ""), os.environ.get("EVENT", "")
    if not trigger:
        trigger, event = _fired(config)
    return {"trigger": trigger, "event": event or _event(trigger)} if trigger else {}


def _fired(config: Mapping[str, Any]) -> tuple[str, str]:
    """Return the first trigger of the spec that fires on the report, and its event."""
    retraining = config.get("retraining", {"triggers": {}})
    told = {name: rule for name, rule in retraining["triggers"].items() if name in ("drift", "metric")}
    if not told:
        return "", ""
    # There wherever something trains, and only there.
    triggers = import_module("triggers")
    only = {**config, "retraining": {**retraining, "triggers": told}}
    found = triggers.signs(only, triggers.Call(), 0.0, triggers.Counted())
    fired = [sign.id for sign in found if sign.id]
    name, _, event = fired[0].partition(":") if fired else ("", "", "")
    return name, event and f"{name}-{event}"


def _event(trigger: str) -> str:
    """Return an id that stays the same when this is tried again, and when a run is run again."""
    if trigger == "drift" and REPORT.exists():
        return f"drift-{hashlib.sha256(REPORT.read_bytes()).hexdigest()[:16]}"
    number = os.environ.get("GITHUB_RUN_ID", "")
    return f"run-{number}" if number else ""
