"""What the outcome of a step says of the figures that are kept for Prometheus."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from verdict import Outcome


def _validated(config: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    if outcome.verdict == "error":
        return {}
    verdict = {"valid": int(outcome.verdict == "passed"), "validated": time.time()}
    return verdict | (_newest(config) if outcome.verdict != "blocked" else {})


def _fetched(config: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    """Return what a fetch says; the suite that judged new files, and let none pass, is a validation too."""
    if outcome.verdict == "blocked":
        return {"valid": 0, "validated": time.time()}
    return {"newest": time.time()} | _newest(config) if outcome.verdict == "fetched" else {}


def _newest(config: Mapping[str, Any]) -> dict[str, Any]:
    if not config["data"].get("timestamp"):
        return {}
    newest = import_module("freshness").newest(config["data"])
    return {} if newest is None else {"newest": newest}


def _checked(_config: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    return dict(getattr(outcome, "gauges", {}))


def _scored(_config: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    """Return what was scored; of what was blocked or skipped, the scores of before still stand."""
    if outcome.verdict != "scored":
        return {}
    figures = outcome.figures
    return {
        "scoring": {"rows": figures["rows_out"], "scored": time.time(), "version": figures.get("version")}
    }


def _promoted(config: Mapping[str, Any], outcome: Outcome) -> dict[str, Any]:
    done = outcome.verdict in ("promoted", "rolled back")
    return {"champion": import_module("champion").champion(config)} if done else {}


CONTRIBUTIONS: dict[str, Callable[[Mapping[str, Any], Outcome], dict[str, Any]]] = {
    "validate": _validated,
    "fetch": _fetched,
    "drift": _checked,
    "score": _scored,
    "promote": _promoted,
    "rollback": _promoted,
}
