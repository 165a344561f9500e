"""Intervals: of one arm's own figure, and of two arms by what a test does not reject."""

from __future__ import annotations

import math
from collections.abc import Callable

Interval = tuple[float, float]
# Each arm's own figure is shown with this confidence, whatever alpha is.
SHOWN = 0.95
# Beyond it there is no bound.
_FAR = 2.0**60


def shown_z() -> float:
    """Return how many standard deviations an arm's own interval reaches to either side."""
    from scipy import stats

    return float(stats.norm.isf((1 - SHOWN) / 2))


def wilson(successes: int, n: int) -> Interval:
    """Return the 95 % score interval of a proportion: Wilson (1927), JASA 22, 209-212."""
    z2 = shown_z() ** 2
    centre = (successes + z2 / 2) / (n + z2)
    reach = math.sqrt(z2 * (successes * (n - successes) / n + z2 / 4)) / (n + z2)
    # Exactly: rounding must not leave a little of what is none.
    return centre - reach if successes else 0.0, centre + reach if successes < n else 1.0


def student(mean: float, variance: float, n: int) -> Interval:
    """Return the 95 % interval of a mean by Student's t, from the variance with n - 1, for n above 1."""
    from scipy import stats

    reach = math.sqrt(variance / n) * float(stats.t.isf((1 - SHOWN) / 2, n - 1))
    return mean - reach, mean + reach


def outward(beyond: Callable[[float], float], near: float, sign: int, end: float) -> float:
    """Return where `beyond` becomes positive on the way up (sign 1) or down (-1) from `near` to `end`.

    `near` is an estimate, which no test rejects; `beyond` is positive at values that a test rejects. It is
    `end` where none is rejected, which may be infinite, and `near` where that is no nearer than `end`.
    """
    from scipy import optimize

    if sign * (end - near) <= 0:
        return near
    step, far = sign * max(abs(near), 0.1), near
    while far != end:
        last, far, step = far, far + step, 2 * step
        if not -_FAR < far < _FAR:
            return end
        far = min(far, end) if sign > 0 else max(far, end)
        if beyond(far) > 0:
            return float(optimize.brentq(beyond, last, far, xtol=1e-14, rtol=1e-13))
    return end
