"""Runs the commands of this repository that take a version back, and reads what they have reported."""

from __future__ import annotations

import json
import os
import subprocess  # nosec B404
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def said(step: str, verdict: str, report: Mapping[str, Any]) -> str:
    """Return what became of a step, and why."""
    return "\n".join([f"{step}: {verdict}", *report.get("reasons", [])])


def reported(step: str) -> dict[str, Any]:
    """Return what a step has said; nothing, if it could not even begin."""
    try:
        found = json.loads(Path("reports", f"{step}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return dict(found) if isinstance(found, dict) else {}


def make(command: str, variables: Mapping[str, str] | None = None) -> int:
    """Run a make command; return its exit code, 0 also for a verdict that asks for action."""
    return run(["make", "--no-print-directory", command, f"PYTHON={sys.executable}", "STRICT="], variables)


def run(command: list[str], variables: Mapping[str, str] | None = None) -> int:
    """Run a command of this repository; return its exit code."""
    # It holds our lock as long as it runs, also if we are killed.
    done = subprocess.run(command, env=os.environ | dict(variables or {}), close_fds=False, check=False)  # nosec B603
    return done.returncode
