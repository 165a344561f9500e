"""The one figure of drift: computed over the tested columns, and exported for Prometheus.

reports/metrics.prom is for node_exporter's textfile collector. A broken column scores +Inf, so that an
alert on the score fires; a column that is unknown has no score.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

from drift_comparison import Comparison
from drift_statistics import METHODS
from drift_tests import Finding

METRIC = "model_drift_score"


def scores(data: Comparison, findings: list[Finding], statistic: str) -> dict[str, float]:
    """Return the statistic of each tested column that it fits: numbers, or categories for chi2."""
    found: dict[str, float] = {}
    wanted = statistic != "chi2"
    for name in [name for name, numbers in map(data.axis, data.tests) if numbers == wanted]:
        verdicts = {finding.verdict for finding in findings if finding.column == name}
        if "broken" in verdicts:
            found[name] = math.inf
        elif verdicts & {"drift", "no drift"}:
            found[name] = METHODS[statistic](data.pairs[(name, wanted)]).effect
    return found


def total(values: dict[str, float], across: str) -> float | None:
    """Return the largest or the mean score, none if no column has one."""
    known = list(values.values())
    if not known:
        return None
    return max(known) if across == "max" else sum(known) / len(known)


def exposition(model: str, score: dict[str, Any], values: dict[str, float]) -> str:
    """Return the scores in the text format of Prometheus: of each column, and overall."""
    whole = total(values, score["across"])
    lines = [
        f"# HELP {METRIC} Drift of the data: {score['statistic']} of a column, {score['across']} over all.",
        f"# TYPE {METRIC} gauge",
    ]
    if whole is not None:
        lines.append(_sample({"model": model}, whole))
    lines += [_sample({"model": model, "column": name}, value) for name, value in values.items()]
    return "\n".join(lines) + "\n"


def publish(path: Path, text: str) -> None:
    """Write a text file; a reader sees the old one or the whole new one."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)


def _sample(labels: dict[str, str], value: float) -> str:
    inner = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
    return f"{METRIC}{{{inner}}} {'+Inf' if value == math.inf else repr(value)}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
