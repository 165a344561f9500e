"""Metrics of whole columns, such as roc_auc, rmse and r2, by the errors that are left and how these scatter.

The error of roc_auc and r2 is what they lack of 1, that of rmse is itself. Its logarithm scatters alike
whatever the figure is, which the figure does not: near 1, a roc_auc that is high by chance also seems to be
sure. So figures are compared by their errors' logarithms, which are about normal.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ab_intervals import Interval, shown_z
from ab_margin import Null

# Larger arms are resampled by so many rows, whose deviation is scaled to the size of the arm.
ROWS = 10_000
# Draws without a figure, such as of one class only, that do not matter.
_FEW = 0.01
# Deviations that no p-value tells apart.
_FAR, _NEVER, _INSIDE = 40.0, 1e6, 1e-9


@dataclass(frozen=True)
class Error:
    """An arm's metric, the logarithm of its error, and the standard deviation of that.

    The deviation is 0 where the metric does not scatter: no error at all, or too few units of one kind for
    most draws.
    """

    figure: float
    log: float
    deviation: float

    def interval(self, higher: bool) -> Interval:
        """Return the 95 % interval of the figure."""
        reach = shown_z() * self.deviation
        ends = sorted(error(math.exp(self.log + side), higher) for side in (-reach, reach))
        return ends[0], ends[1]


def error(figure: float, higher: bool) -> float:
    """Return the error of a figure: what it lacks of 1 where higher is better, else itself; and back."""
    return 1 - figure if higher else figure


def measured(
    metric: Callable[[Any, Any], float], true: Any, predicted: Any, higher: bool, chance: Any, draws: int
) -> Error:
    """Return the error of an arm of one value a unit; its deviation is that of draws with replacement.

    Arms of more than ROWS units are drawn by ROWS, and the deviation is scaled: it shrinks with the root of
    the units (Bickel, Götze, van Zwet 1997, Statistica Sinica 7, 1-31). Raises ValueError for a figure that
    is no finite number.
    """
    import numpy as np

    figure, n = metric(true, predicted), len(true)
    if not math.isfinite(figure):
        raise ValueError("it is no number: outcomes of one class, or all the same, have no such metric")
    rows, logs = min(n, ROWS), np.full(draws, np.nan)
    for at in range(draws):
        chosen = chance.integers(0, n, rows)
        left = error(metric(true[chosen], predicted[chosen]), higher)
        logs[at] = math.log(left) if left > 0 else math.nan
    known, left = logs[np.isfinite(logs)], error(figure, higher)
    if left <= 0 or len(known) < (1 - _FEW) * draws or not np.ptp(known):
        return Error(figure, math.log(left) if left > 0 else -math.inf, 0.0)
    return Error(figure, math.log(left), float(known.std(ddof=1)) * math.sqrt(rows / n))


def distance(treatment: Error, control: Error, edge: Null, higher: bool) -> float:
    """Return how far both arms together are from the edge of the null hypothesis: about normal on it.

    It is the signed root of the least squared distance of the two logarithms from any pair of figures on
    the edge, each in its own deviation; without a margin, their difference over its deviation.
    """
    from scipy import optimize

    excess = edge.excess(treatment.figure, control.figure)
    low, high = _between(treatment, control, edge, higher)
    if low > high:
        return math.copysign(_FAR, excess)
    if not excess or low == high:
        return 0.0

    def apart(log: float) -> float:
        left = error(edge.ratio * error(math.exp(log), higher) + edge.offset, higher)
        first = (treatment.log - math.log(left)) / treatment.deviation if left > 0 else _NEVER
        return first**2 + ((control.log - log) / control.deviation) ** 2

    found = optimize.minimize_scalar(apart, bounds=(low, high), method="bounded", options={"xatol": 1e-12})
    return math.copysign(math.sqrt(found.fun), excess)


def _between(treatment: Error, control: Error, edge: Null, higher: bool) -> tuple[float, float]:
    """Return between which logarithms control's error is, on the edge where it is nearest to both arms.

    That is between its own one, and the one with which treatment is on the edge just as it is.
    """
    low, high = (control.log + side * _FAR * control.deviation for side in (-1, 1))
    if edge.ratio <= 0:
        return low, high
    other = error((treatment.figure - edge.offset) / edge.ratio, higher)
    ends = sorted((control.log, math.log(other) if other > 0 else -math.inf))
    # Below this error of control, treatment on the edge would have none at all.
    none = error((error(0.0, higher) - edge.offset) / edge.ratio, higher)
    return max(ends[0], low, math.log(none) + _INSIDE if none > 0 else -math.inf), min(ends[1], high)
