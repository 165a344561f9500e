"""Compares metrics that are no mean of units, such as f1 and roc_auc, by resampling the units of each arm.

The work is bounded: of precision, recall and f1 only four counts of each arm are resampled, which is the
same as resampling its rows; of other metrics, at most ROWS rows at a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ab_intervals import SHOWN
from ab_margin import level, null
from ab_statistics import Result

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    Metric = Callable[[Any, Any], float]
    Arm = tuple[ArrayLike, ArrayLike]

# Larger arms are resampled by so many rows, whose deviation is scaled to the size of the arm.
ROWS = 10_000


def resampled(
    metric: Metric,
    treatment: Arm,
    control: Arm,
    margin: Mapping[str, float],
    better: str,
    alpha: float,
    seed: int,
    resamples: int = 2_000,
) -> Result:
    """Compare a metric of two arms, each (true, predicted) of one value a unit, by the bootstrap.

    `metric(true, predicted)` is one of label_metrics; those without a mean are bootstrapped. The excess of
    the improvement over the margin, treatment - ratio * control - offset, is divided by the deviation that
    it has in `resamples` draws of each arm with replacement, and compared with the normal distribution:
    the standard interval of Efron, Tibshirani (1993), An Introduction to the Bootstrap, chapter 13. Equal
    seeds give equal results. Raises ValueError for an arm without units, columns of different length, a
    metric that is no finite number (one class only, constant labels), and what `null` and `level` refuse.
    """
    import numpy as np
    from scipy import stats

    edge, alpha = null(margin, better), level(alpha)
    chance = np.random.default_rng(seed)
    drawn = [
        _drawn(metric, arm, chance, resamples, name)
        for arm, name in ((treatment, "treatment"), (control, "control"))
    ]
    (m1, s1), (m0, s0) = drawn
    z = float(stats.norm.isf(alpha))
    own = _around(m0, s0), _around(m1, s1)
    reach = z * math.hypot(s1, s0)
    still = [name for name, s in (("treatment", s1), ("control", s0)) if not s]
    why = f"{metric.__name__} of {' and of '.join(still)} is the same in every resample" if still else ""
    if edge.relative and m0 - z * s0 <= 0:
        why = why or "control's figure may be 0 or less: nothing is a share of it"
    p = 1.0 if why else float(stats.norm.sf(edge.excess(m1, m0) / math.hypot(s1, edge.ratio * s0)))
    d = m1 - m0
    return Result(m0, m1, *own, d, d - reach, d + reach, p, not why and p <= alpha, None, why)


def _around(figure: float, deviation: float) -> tuple[float, float]:
    from scipy import stats

    reach = deviation * float(stats.norm.isf((1 - SHOWN) / 2))
    return figure - reach, figure + reach


def _drawn(metric: Metric, arm: Arm, chance: Any, resamples: int, name: str) -> tuple[float, float]:
    """Return the metric of an arm and its deviation in draws."""
    import numpy as np

    true, predicted = (np.asarray(column) for column in arm)
    if not len(true) or len(true) != len(predicted):
        raise ValueError(f"{name} has {len(true)} outcomes and {len(predicted)} predictions")
    figure = metric(true, predicted)
    if not math.isfinite(figure):
        raise ValueError(f"{metric.__name__} of {name} is no number")
    n = min(len(true), ROWS)
    values = np.empty(resamples)
    for at in range(resamples):
        rows = chance.integers(0, len(true), n)
        values[at] = metric(true[rows], predicted[rows])
    return figure, float(np.nanstd(values, ddof=1)) * math.sqrt(n / len(true))
