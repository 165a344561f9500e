"""What the commit and the pull request say of a training."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# GitHub takes 65,536 signs.
LONGEST_BODY = 60_000


def title(config: dict[str, Any], report: dict[str, Any], now: float) -> str:
    """Return what the commit and the pull request are called; `now` is in seconds since 1970."""
    number = report.get("figures", {}).get("version")
    of = f"version {number}" if number else datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")
    return f"{config['model']['name']}: data and model of {of}"


def body(report: dict[str, Any], files: list[str], overtaken: list[str]) -> str:
    """Return the text of the pull request; what comes from data stands in blocks of code."""
    parts = ["A training changed these files:", _block(files)]
    if overtaken:
        parts += [
            "The default branch changed these since that training began; look twice:",
            _block(overtaken),
        ]
    if report:
        figures = [f"{name}: {value}" for name, value in report.get("figures", {}).items()]
        lines = [f"verdict: {report.get('verdict')}", *figures, *report.get("reasons", [])]
        parts += ["`make retrain` said:", _block(lines)]
    parts.append(
        "A push by a workflow's own token starts no other workflow: "
        "if no check runs here, close this and open it again."
    )
    return "\n\n".join(parts)[:LONGEST_BODY] + "\n"


def report() -> dict[str, Any]:
    """Return the report of the training, empty if there is none here."""
    path = Path("reports", "retrain.json")
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _block(lines: list[str]) -> str:
    """Return lines as they are: a name in them mentions nobody, and nothing is a link."""
    return "\n".join(f"    {part}" for line in lines for part in str(line).splitlines())
