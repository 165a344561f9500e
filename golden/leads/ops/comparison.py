"""The table of a comparison: a row per metric, as a page and in the summary of the job."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# GitHub shows nothing of a summary that is longer.
MOST_BYTES = 1024 * 1024
HEAD = "| metric | better | this run | champion | main | verdict |\n|---|---|---:|---:|---:|---|\n"
CUT = "\nThe table is cut; reports/compare.md has all of it.\n"
ROUNDING = 1e-9
Figures = Mapping[str, float]


def row(name: str, better: str, new: Figures, champion: Figures, main: Figures) -> dict[str, Any]:
    """Return a row: figures as text to six digits, and how this run's compares with the others."""
    value, others = new.get(name), {"champion": champion.get(name), "main": main.get(name)}
    shown = {side: _figure(each) for side, each in {"this run": value, **others}.items()}
    words = [_verdict(value, other, better, of) for of, other in others.items()]
    known = value is None or math.isfinite(value)
    said = ", ".join(filter(None, words)) if known else "not a number"
    return {"metric": name, "better": better, **shown, "verdict": said}


def publish(model: str, rows: list[dict[str, Any]], lines: list[str]) -> None:
    """Write reports/compare.md whole, and as much of it into the summary of the job as fits there."""
    title = f"## {_md(model)}: figures of this run\n\n"
    table = [f"| {' | '.join(_md(str(cell)) for cell in each.values())} |\n" for each in rows]
    said = "\n" + "".join(f"- {_md(line)}\n" for line in lines)
    Path("reports", "compare.md").write_text(title + HEAD + "".join(table) + said, encoding="utf-8")
    if not (summary := os.environ.get("GITHUB_STEP_SUMMARY")):
        return
    held = Path(summary).stat().st_size if Path(summary).exists() else 0
    room = MOST_BYTES - held - len(f"{title}{HEAD}{CUT}{said}".encode())
    if room < 0:
        print("the summary of this job is full: see reports/compare.md", flush=True)
        return
    while sum(len(line.encode()) for line in table) > room:
        table = table[: len(table) * 9 // 10]
    cut = CUT if len(table) < len(rows) else ""
    with Path(summary).open("a", encoding="utf-8") as stream:
        stream.write(title + HEAD + "".join(table) + cut + said)


def _figure(value: float | None) -> str:
    if value is None:
        return "not recorded"
    return f"{value:.6g}" if math.isfinite(value) else "NaN"


def _verdict(value: float | None, other: float | None, better: str, of: str) -> str:
    """Return how a figure compares with another one; nothing where one of them is missing or no number."""
    if value is None or other is None or not (math.isfinite(value) and math.isfinite(other)):
        return ""
    if math.isclose(value, other, rel_tol=ROUNDING):
        return f"same as {of}"
    change = "higher" if value > other else "lower"
    if not better:
        return f"{change} than {of}"
    return f"{'better' if change == better else 'worse'} than {of}"


def _md(text: str) -> str:
    """Return text that Markdown shows as it is, also in a table."""
    return re.sub(r"([\\`*_{}\[\]<>|#~])", r"\\\1", " ".join(text.split()))
