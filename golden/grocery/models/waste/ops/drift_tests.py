"""Measures each tested column, and judges: drift, no drift, unknown, or broken.

Drift needs an effect that matters and, where the method has a p-value, one that chance does not explain
after correction for all tests of the run. What a test cannot see is never "no drift": a column that is
missing, all null or stuck at one value is broken; too few rows are unknown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from drift_comparison import SIDES, Comparison, Test
from drift_pairs import NULL, Pair
from drift_statistics import METHODS, Distance, chi2, corrected, new_categories

# A value of the reference that fills the current data by chance less often than this: a stuck column.
STUCK = 1e-6
EFFECTS = {"ks": "KS distance", "chi2": "Cramér's V", "psi": "PSI", "nulls": "change of the share of nulls"}
# The smallest p-value that is told: less is no figure that anybody could trust.
TINY = 1e-300
LISTED = 20


@dataclass(frozen=True)
class Finding:
    """What a test found; its verdict is empty until all p-values are known."""

    column: str
    method: str
    p_value: float | None
    above: float | None
    verdict: str = ""
    reason: str = ""
    rows: tuple[int, int] = (0, 0)
    nulls: tuple[int, int] = (0, 0)
    statistic: float | None = None
    effect: float | None = None
    p: float | None = None
    p_corrected: float | None = None
    new_categories: list[str] = field(default_factory=list)
    new_likely: float = 1.0

    def ended(self, verdict: str, reason: str) -> Finding:
        """Return it with a verdict and the reason for it."""
        return replace(self, verdict=verdict, reason=f"{self.column}: {reason}" if reason else "")

    def measured(self, found: Distance) -> Finding:
        """Return it with figures; a figure that is no number is unknown."""
        this = replace(self, **vars(found))
        numbers = [found.effect, 0.0 if found.p is None else found.p]
        if any(map(math.isnan, numbers)):
            return this.ended("unknown", f"{self.method} could not be computed")
        return this


@dataclass(frozen=True)
class Rules:
    """What makes a difference drift: `min_effect` is in each method's own unit."""

    min_rows: int
    min_effect: float
    alpha: float
    correction: str

    def findings(self, data: Comparison) -> Iterator[Finding]:
        """Yield what each test found, and of each column of numbers whether its nulls changed."""
        for test in data.tests:
            yield self._finding(test, data)
        for name, numeric in dict.fromkeys(data.axis(test) for test in data.tests):
            pair = data.pairs.get((name, numeric))
            if numeric and pair and any(pair.nulls) and all(pair.sizes) and min(data.rows) >= self.min_rows:
                yield self._nulls(name, pair, data)

    def judged(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return all findings with a verdict; the p-values of a run are one family."""
        found = list(findings)
        family = [place for place, each in enumerate(found) if not each.verdict and each.p is not None]
        raised = corrected([found[place].p or 0.0 for place in family], self.correction)
        for place, p in zip(family, raised, strict=True):
            found[place] = replace(found[place], p_corrected=p)
        return [each if each.verdict else self._verdict(each) for each in found]

    def _finding(self, test: Test, data: Comparison) -> Finding:
        finding = Finding(test.column, test.method, test.p_value, test.above, rows=data.rows)
        missing = data.missing(test.column) or (test.by_id and data.missing(data.key))
        if missing:
            return finding.ended("broken", f"the {missing} has no such column")
        pair = data.pairs[data.axis(test)]
        finding = replace(finding, nulls=pair.nulls)
        verdict, reason = self._unfit(pair, data.rows, data.kind(test.column))
        if verdict:
            return finding.ended(verdict, reason)
        if test.by_id:
            return self._joined(finding, data.joined(test.column), data.key)
        if not data.axis(test)[1]:
            new, likely = new_categories(pair)
            finding = replace(finding, new_categories=new[:LISTED], new_likely=likely)
        return finding.measured(METHODS[test.method](pair))

    def _joined(self, finding: Finding, values: Any, key: str) -> Finding:
        if len(values) < self.min_rows:
            return finding.ended(
                "unknown", f"{len(values)} rows of both sides have one {key}, fewer than {self.min_rows}"
            )
        mean = float(((values[:, 0] - values[:, 1]) ** 2).mean())
        return finding.measured(Distance(mean, mean))

    def _unfit(self, pair: Pair, rows: tuple[int, int], kind: str) -> tuple[str, str]:
        """Return the verdict and the reason of a column that no method can judge, else empty ones."""
        for side, count, size in zip(SIDES, rows, pair.sizes, strict=True):
            if count < self.min_rows:
                return "unknown", f"the {side} has {count} rows, fewer than {self.min_rows}"
            if not size:
                return "broken", f"none of {count} rows of the {side} has a value that can be read as {kind}"
            if size < self.min_rows:
                return "unknown", f"the {side} has {size} values, fewer than {self.min_rows}"
        return _constant(pair)

    def _nulls(self, name: str, pair: Pair, data: Comparison) -> Finding:
        import numpy as np

        then, now = (np.array(counts) for counts in zip(pair.sizes, pair.nulls, strict=True))
        change = float(now[1] / now.sum() - then[1] / then.sum())
        found = chi2(Pair(np.array(["", NULL], dtype=object), then, now))
        finding = Finding(name, "nulls", self.alpha, None, rows=data.rows, nulls=pair.nulls)
        return finding.measured(Distance(change, abs(change), found.p))

    def _verdict(self, finding: Finding) -> Finding:
        effect = finding.effect or 0.0
        name = EFFECTS.get(finding.method, finding.method)
        if finding.p_value is None:
            limit = finding.above or 0.0
            drift, said = effect > limit, f"{name} {effect:.3g} is above {limit:g}"
        else:
            p = 1.0 if finding.p_corrected is None else finding.p_corrected
            drift = p < finding.p_value and effect >= self.min_effect
            said = f"{name} {effect:.3g} is at least {self.min_effect:g}, and p {max(p, TINY):.2g} "
            said += f"is below {finding.p_value:g}"
        if drift:
            return finding.ended("drift", said)
        if not (new := finding.new_categories):
            return finding.ended("no drift", "")
        said = f"the reference knows nothing of: {', '.join(new[:5])}" + ", …" * (len(new) > 5)
        if finding.new_likely < self.alpha:
            return finding.ended("unknown", said)
        return finding.ended("no drift", f"{said}; no more than chance explains")


def _constant(pair: Pair) -> tuple[str, str]:
    """Return the verdict and the reason for current data that is one value, unless chance explains it."""
    place = pair.current.argmax()
    value, share = pair.values[place], pair.reference[place] / pair.reference.sum()
    if (pair.current > 0).sum() > 1:
        return "", ""
    if share == 1:
        return "unknown", f"it is {value} in every row of both sides: nothing can be seen in it"
    if share ** pair.current.sum() < STUCK and (pair.reference > 0).sum() > 1:
        return "broken", f"it is {value} in every row of the current data, but varies in the reference"
    return "", ""


def overall(verdicts: Iterable[str]) -> str:
    """Return the verdict of a run: what is broken comes first, since nothing should be trained on it."""
    given = set(verdicts)
    return next((each for each in ("broken", "drift", "unknown") if each in given), "no drift")
