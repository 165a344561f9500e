"""Intervals: of one arm's own figure, and of two arms by what a test does not reject."""

from __future__ import annotations

import math
from collections.abc import Callable

Interval = tuple[float, float]
# Each arm's own figure is shown with this confidence, whatever alpha is.
SHOWN = 0.95
# A ratio beyond it is as good as none.
_FAR = 2.0**40


def wilson(successes: int, n: int) -> Interval:
    """Return the 95 % score interval of a proportion: Wilson (1927), JASA 22, 209-212."""
    from scipy import stats

    z2 = float(stats.norm.isf((1 - SHOWN) / 2)) ** 2
    centre = (successes + z2 / 2) / (n + z2)
    reach = math.sqrt(z2 * (successes * (n - successes) / n + z2 / 4)) / (n + z2)
    return max(0.0, centre - reach), min(1.0, centre + reach)


def student(mean: float, variance: float, n: int) -> Interval:
    """Return the 95 % interval of a mean by Student's t, from the variance with n - 1, for n above 1."""
    from scipy import stats

    reach = math.sqrt(variance / n) * float(stats.t.isf((1 - SHOWN) / 2, n - 1))
    return mean - reach, mean + reach


def crossing(beyond: Callable[[float], float], far: float, near: float) -> float:
    """Return where `beyond`, positive at values that a test rejects, is 0 between `far` and `near`.

    `near` is the estimate itself, which no test rejects. It is `far` where not even that is rejected.
    """
    from scipy import optimize

    if far == near or beyond(far) <= 0:
        return far
    return float(optimize.brentq(beyond, far, near, xtol=1e-14, rtol=1e-13))


def changed(
    beyond: Callable[[int, float], float], treatment: float, control: float, least: float
) -> tuple[float, float, float]:
    """Return treatment / control - 1 with its interval, for a figure of control above 0.

    `beyond(sign, ratio)` is positive where a test rejects that the ratio of the figures is at most (sign 1)
    or at least (sign -1) `ratio`, and is asked for ratios above `least`. The upper end is infinite where no
    ratio is rejected.
    """
    ratio = treatment / control
    low, high = _outward(beyond, 1, ratio, least), _outward(beyond, -1, ratio, _FAR)
    return ratio - 1, low - 1, (math.inf if high == _FAR else high) - 1


def _outward(beyond: Callable[[int, float], float], sign: int, near: float, end: float) -> float:
    """Return the bound on the way from `near` to `end`, `end` where nothing is rejected before it."""
    step, far = -sign * max(abs(near), 0.1), near
    while far != end:
        last, far, step = far, near + step, 2 * step
        far = max(far, end) if sign > 0 else min(far, end)
        if beyond(sign, far) > 0:
            return crossing(lambda at: beyond(sign, at), far, last)
    return end
