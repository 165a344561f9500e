"""Compares metrics that are no mean of units, such as f1 and roc_auc, by drawing units with replacement.

The work is bounded. Of precision, recall and f1 only counts are drawn, so that a million rows cost what a
thousand do; of other metrics at most ab_errors.ROWS rows at a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ab_counted import COUNTED, SAME, Counted, counts, drawn, positive, score
from ab_errors import Error, distance, measured
from ab_intervals import wilson
from ab_margin import Null, level, null
from ab_result import Arm, Result, result
from ab_statistics import MOST

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Metric = Callable[[Any, Any], float]
    Pair = tuple[ArrayLike, ArrayLike]
    Columns = tuple[NDArray[Any], NDArray[Any]]

ARMS = ("treatment", "control")
# Draws of counts: so many of them are beyond the level on average, but no more than _MOST are made.
_BEYOND, _MOST = 1_000, 1_000_000


def resampled(
    metric: Metric,
    treatment: Pair,
    control: Pair,
    margin: Mapping[str, float],
    better: str,
    alpha: float,
    seed: int,
    resamples: int = 1_000,
) -> Result:
    """Compare a metric of two arms, each (true, predicted) with one value a unit.

    `metric(true, predicted)` is a function of label_metrics. For precision, recall and f1, tests are drawn
    on the edge of the null hypothesis, and p is the share of them that is as far beyond it: Davison,
    Hinkley (1997), Bootstrap Methods and their Application, section 4.4. The draws are at least `resamples`,
    and more for a small alpha. For other metrics, whose error must be what they lack of 1 (or, where lower
    is better, they themselves), `resamples` draws of units give its deviation (see ab_errors). Equal seeds
    give equal results.

    Raises ValueError for an arm without units, columns of different length, values that are missing or no
    numbers, outcomes of one class only, and what `null` and `level` refuse. Nothing can be told where the
    metric of an arm does not vary.
    """
    import numpy as np

    edge, alpha, chance = null(margin, better), level(alpha), np.random.default_rng(seed)
    arms = [_columns(name, arm) for name, arm in zip(ARMS, (treatment, control), strict=True)]
    if metric in COUNTED:
        return _by_counts(COUNTED[metric], arms, edge, alpha, chance, resamples)
    return _by_errors(metric, arms, edge, alpha, chance, resamples)


def _by_counts(
    metric: Counted, arms: list[Columns], edge: Null, alpha: float, chance: Any, resamples: int
) -> Result:
    """Compare two arms by their counts; see `resampled`."""
    label = positive([column for arm in arms for column in arm])
    treatment, control = (counts(metric, *arm, label) for arm in arms)
    for name, (true, _), (_, rows) in zip(ARMS, arms, (treatment, control), strict=True):
        if not rows or (true == true[0]).all():
            raise ValueError(f"{name} has outcomes of one class only, or no row that counts")
    draws = max(resamples, min(_MOST, math.ceil(_BEYOND / alpha)))
    p, stars = drawn(metric, treatment, control, edge, chance, draws)
    limits = dict(zip((edge.sign, -edge.sign), _tails(stars, alpha), strict=True))

    def beyond(at: Null) -> float:
        return float(score(metric, treatment, control, at)) - limits[at.sign]

    ends = [right in (0, rows) for right, rows in (treatment, control)]
    same = treatment[0] / treatment[1] == control[0] / control[1]
    why = "the metric is at its end in both arms" if all(ends) and same else ""
    own = [
        Arm(metric.figure(right / rows), _mapped(metric, wilson(right, rows)))
        for right, rows in (treatment, control)
    ]
    return result((own[0], own[1]), beyond, float(p), edge, alpha, MOST, why)


def _mapped(metric: Counted, ends: tuple[float, float]) -> tuple[float, float]:
    return metric.figure(ends[0]), metric.figure(ends[1])


def _tails(stars: NDArray[Any], alpha: float) -> tuple[float, float]:
    """Return what must be exceeded upwards, and downwards, for a p-value of at most alpha."""
    import numpy as np

    # With fewer draws than 1 / alpha nothing is rejected; the farthest draw is then the best known bound.
    place = max(1, math.floor(alpha * (len(stars) + 1) * (1 + SAME)))
    ordered = np.partition(stars, (place - 1, len(stars) - place))
    return float(ordered[len(stars) - place]) + SAME, float(-ordered[place - 1]) + SAME


def _by_errors(
    metric: Metric, arms: list[Columns], edge: Null, alpha: float, chance: Any, resamples: int
) -> Result:
    """Compare two arms by the errors that are left; see `resampled`."""
    from scipy import stats

    higher, found = edge.sign > 0, list[Error]()
    for name, (true, predicted) in zip(ARMS, arms, strict=True):
        try:
            found.append(measured(metric, true, predicted.astype(float), higher, chance, resamples))
        except ValueError as fault:
            raise ValueError(f"{metric.__name__} of {name}: {fault}") from fault
    still = [name for name, each in zip(ARMS, found, strict=True) if not each.deviation]
    why = f"the metric of {' and of '.join(still)} does not vary, or too few units decide it" if still else ""
    limit = float(stats.norm.isf(alpha))

    def beyond(at: Null) -> float:
        return distance(found[0], found[1], at, higher) - limit

    p = 1.0 if why else float(stats.norm.sf(distance(found[0], found[1], edge, higher)))
    own = [Arm(each.figure, each.interval(higher)) for each in found]
    return result((own[0], own[1]), beyond, p, edge, alpha, why=why)


def _columns(name: str, arm: Pair) -> Columns:
    """Return the columns of an arm as arrays; raise ValueError where they cannot be compared."""
    import numpy as np

    true, predicted = (np.asarray(column).ravel() for column in arm)
    if not len(true) or len(true) != len(predicted):
        raise ValueError(f"{name} has {len(true)} outcomes and {len(predicted)} predictions")
    if any(_lacking(column) for column in (true, predicted)):
        raise ValueError(f"values of {name} are missing")
    return true, predicted


def _lacking(column: NDArray[Any]) -> bool:
    """Return whether a value is None or NaN, which alone differs from itself."""
    objects = column.dtype == object and any(each is None for each in column)
    return bool(objects or (column != column).any())
