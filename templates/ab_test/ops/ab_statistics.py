"""Is the treatment better than the control by the margin? Tests of proportions and of means.

All tests are one-sided: the null hypothesis is that the improvement is at most the margin, and `alpha`
bounds how often it is rejected where it is true. What cannot be told is never better: figures that are
none raise ValueError, and a variance of 0 gives a result that says why it decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ab_contrasts import score, welch
from ab_intervals import Interval, changed, crossing, student, wilson
from ab_margin import Null, level, null

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

# Where fewer are expected, chi-squared is too far from the truth at the p-values that count here.
EXACT = 25
# A proportion is never 1 above another with any variance left, nor a ratio 0.
_WHOLE = 1 - 1e-12
_NO_RATIO = "control's figure may be 0 or less: nothing is a share of it"


@dataclass(frozen=True)
class Result:
    """What a test says of two arms.

    `control` and `treatment` are the metric in each arm, with 95 % intervals. `difference` is treatment
    less control in the metric's unit, `low` to `high` its two-sided interval of confidence 1 - 2 * alpha:
    beyond an absolute margin where the test rejects. With a relative margin, `change` is treatment /
    control - 1 and its interval, for which the same holds; else None. `p_value` is one-sided; `better`
    says that it is at most alpha. `why` says in words why nothing can be told; then `p_value` is 1.
    """

    control: float
    treatment: float
    control_interval: Interval
    treatment_interval: Interval
    difference: float
    low: float
    high: float
    p_value: float
    better: bool
    change: tuple[float, float, float] | None = None
    why: str = ""


def proportions(
    treatment: tuple[int, int],
    control: tuple[int, int],
    margin: Mapping[str, float],
    better: str,
    alpha: float,
) -> Result:
    """Compare (successes, n) of two arms by the score test, in its difference or its ratio.

    The intervals hold what the same test does not reject; an arm's own is Wilson's (1927), JASA 22,
    209-212. Raises ValueError for an arm without units, counts that are none, and what `null` and `level`
    refuse. Nothing can be told where all units of both arms succeed, or none does, without a margin.
    """
    from scipy import stats

    edge, limit = null(margin, better), float(stats.norm.isf(level(alpha)))
    for successes, n in (treatment, control):
        if not (n == int(n) > 0 and successes == int(successes) and 0 <= successes <= n):
            raise ValueError(f"{successes} of {n} is no proportion")
    p1, p0 = (successes / n for successes, n in (treatment, control))

    def beyond(sign: int, ratio: float, offset: float) -> float:
        z = float(score(treatment, control, Null(sign, ratio, offset)))
        return (0.0 if math.isnan(z) else z) - limit

    low = crossing(lambda at: beyond(1, 1.0, at), -_WHOLE, p1 - p0)
    high = crossing(lambda at: beyond(-1, 1.0, at), _WHOLE, p1 - p0)
    change = None
    if edge.relative and p0:
        change = changed(lambda sign, ratio: beyond(sign, ratio, 0.0), p1, p0, 1 - _WHOLE)
    z = float(score(treatment, control, edge))
    same = f"{'all' if p1 else 'none'} of the units of both arms succeeded" if math.isnan(z) else ""
    why = _NO_RATIO if edge.relative and not p0 else same
    p = 1.0 if why else float(stats.norm.sf(z))
    own = wilson(*control), wilson(*treatment)
    return Result(p0, p1, *own, p1 - p0, low, high, p, not why and p <= alpha, change, why)


def means(
    treatment: ArrayLike, control: ArrayLike, margin: Mapping[str, float], better: str, alpha: float
) -> Result:
    """Compare the means of two arrays of one value a unit, in the metric's unit, by Welch's t test.

    A relative margin is Fieller's contrast (see `welch`), not the delta method. All intervals are by
    Student's t. Raises ValueError for an arm of fewer than 2 values, a value that is no finite number, and
    what `null` and `level` refuse. Nothing can be told where all values of an arm are the same, nor with a
    relative margin where control's mean is not surely above 0 (one-sided, alpha).
    """
    import numpy as np

    arms = [np.asarray(values, dtype=float).ravel() for values in (treatment, control)]
    for name, values in zip(("treatment", "control"), arms, strict=True):
        if len(values) < 2 or not np.isfinite(values).all():
            raise ValueError(f"the mean of {name} takes two finite numbers or more")
    moments = [(float(each.mean()), float(each.var(ddof=1)), len(each)) for each in arms]
    return _of_moments(moments[0], moments[1], null(margin, better), level(alpha))


def _of_moments(
    treatment: tuple[float, float, int], control: tuple[float, float, int], edge: Null, alpha: float
) -> Result:
    """Compare (mean, variance, n) of two arms."""
    from scipy import stats

    (m1, v1, n1), (m0, v0, n0) = treatment, control

    def beyond(sign: int, ratio: float, offset: float) -> float:
        t, freedom = welch(treatment, control, Null(sign, ratio, offset))
        return float(t - stats.t.isf(alpha, freedom))

    own = student(*control), student(*treatment)
    same = [name for name, v in (("treatment", v1), ("control", v0)) if not v]
    if same:
        why = f"all values of {' and of '.join(same)} are the same"
        return Result(m0, m1, *own, m1 - m0, m1 - m0, m1 - m0, 1.0, False, None, why)
    t, freedom = welch(treatment, control, edge)
    spread = math.sqrt(v1 / n1 + v0 / n0)
    reach = spread * float(stats.t.isf(alpha, welch(treatment, control, Null(1, 1.0, 0.0))[1]))
    above = m0 - math.sqrt(v0 / n0) * float(stats.t.isf(alpha, n0 - 1)) > 0
    why = _NO_RATIO if edge.relative and not above else ""
    change = None
    if edge.relative and above:
        change = changed(lambda sign, ratio: beyond(sign, ratio, 0.0), m1, m0, -math.inf)
    p = 1.0 if why else float(stats.t.sf(t, freedom))
    d = m1 - m0
    return Result(m0, m1, *own, d, d - reach, d + reach, p, not why and p <= alpha, change, why)


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
