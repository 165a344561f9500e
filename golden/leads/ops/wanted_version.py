"""Which version is to be deployed: the one that is named, else the one that has just been made."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from verdict import FINE

WHOLE = re.compile(r"[1-9][0-9]{0,17}")


def version(config: Mapping[str, Any]) -> str:
    """Return the version to deploy: VERSION, else what was registered here, else the candidate."""
    wanted = os.environ.get("VERSION") or _registered() or _candidate(config)
    if not WHOLE.fullmatch(wanted):
        raise ValueError(f"VERSION={wanted[:40]!r}: it is a whole number, such as VERSION=7")
    return wanted


def _registered() -> str:
    """Return the version of the newest report that has one; raise ValueError if it asks for action."""
    reports = [path for name in ("register", "retrain") if (path := Path("reports", f"{name}.json")).exists()]
    for path in sorted(reports, key=lambda each: each.stat().st_mtime, reverse=True):
        told = json.loads(path.read_text(encoding="utf-8"))
        if number := told["figures"].get("version"):
            if told["verdict"] not in FINE:
                raise ValueError(f"{path} says `{told['verdict']}` of version {number}: it is not deployed")
            return str(number)
    return ""


def _candidate(config: Mapping[str, Any]) -> str:
    try:
        # There only where the spec has a registry.
        registry = import_module("registry")
    except ImportError:
        raise ValueError("which version? Write VERSION=7") from None
    with registry.connected(config) as store:
        found = store.aliases().get("candidate")
    if not found:
        raise ValueError("which version? There is no candidate: write VERSION=7")
    return str(found)
