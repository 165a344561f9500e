"""The one figure of drift: computed over the tested columns.

A broken column scores +Inf, so that an alert on the score fires; a column that is unknown has no score.
"""

from __future__ import annotations

import math

from drift_comparison import Comparison
from drift_statistics import METHODS
from drift_tests import Finding


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
