"""Is the treatment better than the control by the margin? Tests of proportions and of means.

All tests are one-sided: the null hypothesis is that the improvement is at most the margin, and `alpha`
bounds how often it is rejected where it is true. What cannot be told is never better: figures that are
none raise ValueError, and a variance of 0 gives a result that says why it decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ab_contrasts import score, welch
from ab_intervals import student, wilson
from ab_margin import Null, level, null
from ab_result import Arm, Result, result

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Result", "means", "mismatch", "missing", "proportions"]
# No proportion is 1 above another with any variance left, nor a ratio 0.
MOST = 1 - 1e-9
# Where fewer are expected, chi-squared is too far from the truth at the p-values that count here.
EXACT = 25


def proportions(
    treatment: tuple[int, int],
    control: tuple[int, int],
    margin: Mapping[str, float],
    better: str,
    alpha: float,
) -> Result:
    """Compare (successes, n) of two arms by the score test, in its difference or its ratio.

    The intervals hold what the same test does not reject; an arm's own is Wilson's. Raises ValueError for
    an arm without units, counts that are none, a margin that no proportion exceeds, and what `null` and
    `level` refuse. Nothing can be told where, without a margin, all units of both arms succeed or none does.
    """
    import numpy as np
    from scipy import stats

    edge, limit = null(margin, better), float(stats.norm.isf(level(alpha)))
    for successes, n in (treatment, control):
        if not (n == int(n) > 0 and successes == int(successes) and 0 <= successes <= n):
            raise ValueError(f"{successes} of {n} is no proportion")
    if abs(edge.offset) > MOST:
        raise ValueError(f"no proportion is better than another by {abs(edge.offset)}")

    def beyond(at: Null) -> float:
        # Without any variance the edge is the estimate itself.
        return float(np.nan_to_num(score(treatment, control, at))) - limit

    z = float(score(treatment, control, edge))
    amount = "all" if treatment[0] else "none"
    why = f"{amount} of the units of both arms succeeded" if math.isnan(z) else ""
    arms = tuple(Arm(successes / n, wilson(successes, n)) for successes, n in (treatment, control))
    return result((arms[0], arms[1]), beyond, float(stats.norm.sf(z)), edge, alpha, MOST, why)


def means(
    treatment: ArrayLike, control: ArrayLike, margin: Mapping[str, float], better: str, alpha: float
) -> Result:
    """Compare the means of two arrays of one value a unit, in the metric's unit, by Welch's t test.

    A relative margin is Fieller's contrast (see `welch`), not the delta method. All intervals are by
    Student's t. Raises ValueError for an arm of fewer than 2 values, a value that is no finite number, and
    what `null` and `level` refuse. Nothing can be told where all values of an arm are the same.
    """
    import numpy as np
    from scipy import stats

    edge, alpha = null(margin, better), level(alpha)
    values = [np.asarray(each, dtype=float).ravel() for each in (treatment, control)]
    for name, each in zip(("treatment", "control"), values, strict=True):
        if len(each) < 2 or not np.isfinite(each).all():
            raise ValueError(f"the mean of {name} takes two finite numbers or more")
    moments = [(float(each.mean()), float(each.var(ddof=1)), len(each)) for each in values]

    def tested(at: Null) -> tuple[float, float]:
        t, freedom = welch(moments[0], moments[1], at)
        return float(t), float(freedom)

    def beyond(at: Null) -> float:
        t, freedom = tested(at)
        return t - float(stats.t.isf(alpha, freedom))

    still = [name for name, each in zip(("treatment", "control"), values, strict=True) if not np.ptp(each)]
    why = f"all values of {' and of '.join(still)} are the same" if still else ""
    p = 1.0 if why else float(stats.t.sf(*tested(edge)))
    arms = [Arm(each[0], student(*each)) for each in moments]
    return result((arms[0], arms[1]), beyond, p, edge, alpha, why=why)


def mismatch(counts: Mapping[str, int], share: float) -> float:
    """Return the p-value of {"control": n, "treatment": n} where treatment should have `share` of all.

    Pearson's chi-squared test with 1 degree of freedom; the exact binomial test where fewer than EXACT units
    are expected in an arm. A small p says that arms were dealt, or logged, otherwise than planned. Raises
    ValueError for counts that are none, no unit at all, and a share that is not between 0 and 1.
    """
    from scipy import stats

    if not 0 < share < 1:
        raise ValueError(f"a share is between 0 and 1, not {share}")
    control, treatment = _counts(counts)
    total = control + treatment
    if not total:
        raise ValueError("there are no units in either arm")
    expected = (total * (1 - share), total * share)
    if min(expected) < EXACT:
        return float(stats.binomtest(treatment, total, share).pvalue)
    return float(stats.chisquare([control, treatment], expected).pvalue)


def missing(known: Mapping[str, int], units: Mapping[str, int]) -> float:
    """Return the p-value of outcomes that are known of as many units in both arms, as shares.

    `known` and `units` are {"control": n, "treatment": n}. Pearson's chi-squared test of the 2 x 2 table
    without Yates' correction; Fisher's exact test where fewer than EXACT are expected in a cell. 1 where
    all or none are known. Raises ValueError for counts that are none, and an arm without units.
    """
    import numpy as np
    from scipy import stats

    have, all_ = _counts(known), _counts(units)
    if not all(all_) or any(some > n for some, n in zip(have, all_, strict=True)):
        raise ValueError(f"{dict(known)} of {dict(units)} units are no parts of them")
    table = np.array([have, [n - some for some, n in zip(have, all_, strict=True)]])
    if not table.sum(axis=1).all():
        return 1.0
    expected = stats.contingency.expected_freq(table)
    if expected.min() < EXACT:
        return float(stats.fisher_exact(table).pvalue)
    return float(stats.chi2_contingency(table, correction=False).pvalue)


def _counts(counts: Mapping[str, int]) -> tuple[int, int]:
    """Return the counts of control and treatment; raise ValueError where they are none."""
    found = [counts[name] for name in ("control", "treatment")]
    if any(n != int(n) or n < 0 for n in found):
        raise ValueError(f"{dict(counts)} are no counts")
    return int(found[0]), int(found[1])
