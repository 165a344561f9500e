"""What is worth telling of a job: the steps that have failed or ask for action, and why."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from verdict import FINE

# What a step says when it asks for something is told in so many lines.
MAX_LINES = 10
# What is no fault of the step, and still news: a version that goes on by itself, and one that did not stay.
NEWS = frozenset(("deploy", verdict) for verdict in ("running", "rolled back", "keep"))


def telling(steps: Iterable[str], since: float, reports: Path) -> list[tuple[str, str]]:
    """Return a title and a text for each step with such a report, written since then (seconds since 1970)."""
    found = []
    for step in dict.fromkeys(steps):
        said = report(reports / f"{step}.json", since)
        if said and (said["verdict"] not in FINE or (step, said["verdict"]) in NEWS):
            found.append((f"{step}: {said['verdict']}", "\n".join(said.get("reasons", [])[:MAX_LINES])))
    return found


def report(path: Path, since: float) -> dict[str, Any]:
    """Return a report that was written since then, else nothing; also nothing where it cannot be read."""
    if not path.exists() or path.stat().st_mtime < since:
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    # Tools leave JSON of their own there.
    return found if isinstance(found, dict) and "verdict" in found else {}
