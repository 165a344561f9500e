"""How often a test that is looked at several times crosses its boundary.

Alpha is spent as Lan, DeMets (1983), Biometrika 70, 659-663 have it for boundaries like those of O'Brien and
Fleming: 2 - 2 Φ(z(1 - alpha / 2) / √t) at the share t of the information, here at equal steps. What is left
below a boundary is carried to the next look by numerical integration (Armitage, McPherson, Rowe 1969, JRSS A
132, 235-244).
"""

import math
from collections.abc import Callable, Sequence
from functools import cache, partial

from mlopsc.chance.distributions import normal_cdf, normal_quantile, rising

# With more, the sample that is needed changes by less than a thousandth with each further look.
MOST = 20
# So many deviations below the mean there is nothing left of a sum.
_FAR = 8.0
# Nodes for each unit of a density that is about one unit wide.
_DENSE = 2.5

Nodes = Sequence[tuple[float, float]]


def boundaries(looks: int, alpha: float) -> tuple[float, ...]:
    """Return the z that each look has to exceed, so that all together err with chance `alpha`."""
    return tuple(bound / math.sqrt(look) for look, bound in enumerate(_bounds(looks, alpha), 1))


def crossing(drift: float, looks: int, alpha: float) -> float:
    """Return the chance that some look exceeds its boundary; `drift` is the mean of z at the last one."""
    if looks == 1:
        return normal_cdf(drift - normal_quantile(1 - alpha))
    looks = min(looks, MOST)
    bounds = _bounds(looks, alpha)
    step, below, total = drift / math.sqrt(looks), _START, 0.0
    for look, bound in enumerate(bounds, 1):
        total += _above(below, bound - step)
        below = _carried(below, bound, look, step) if look < looks else below
    return total


@cache
def needed(power: float, looks: int, alpha: float) -> float:
    """Return the drift with which some look exceeds its boundary with chance `power`."""
    low = normal_quantile(1 - alpha) + normal_quantile(power)
    if looks == 1:
        return low
    return _root(lambda drift: crossing(drift, looks, alpha) - power, low, low + 0.2)


@cache
def _bounds(looks: int, alpha: float) -> tuple[float, ...]:
    """Return the boundaries of the sum of `looks` steps of variance 1."""
    end, spent = normal_quantile(1 - alpha / 2), 0.0
    below = _START
    bounds: list[float] = []
    for look in range(1, looks + 1):
        wanted = 2 * normal_cdf(-end / math.sqrt(look / looks)) - spent
        bound = rising(partial(_left, below), -wanted, -_FAR, 2 * _FAR * math.sqrt(looks))
        spent += wanted
        bounds.append(bound)
        below = _carried(below, bound, look, 0.0) if look < looks else below
    return tuple(bounds)


# Before the first look the sum is 0.
_START: Nodes = ((0.0, 1.0),)


def _above(below: Nodes, bound: float) -> float:
    return sum(weight * normal_cdf(at - bound) for at, weight in below)


def _left(below: Nodes, bound: float) -> float:
    """Return the same with a sign with which it rises."""
    return -_above(below, bound)


def _carried(below: Nodes, bound: float, look: int, step: float) -> Nodes:
    """Return the density after one more look below its boundary, as nodes with their weights."""
    mean, far = step * look, _FAR * math.sqrt(look)
    low, high = mean - far, min(bound, mean + far)
    root = 1 / math.sqrt(2 * math.pi)
    found = []
    for place, share in _legendre(math.ceil((high - low) * _DENSE) + 10):
        at = low + (high - low) * place
        density = sum(weight * math.exp(-((at - step - before) ** 2) / 2) for before, weight in below)
        found.append((at, root * density * share * (high - low)))
    return found


@cache
def _legendre(count: int) -> Nodes:
    """Return nodes and weights of Gauss and Legendre between 0 and 1 (Abramowitz, Stegun, 1964, 25.4.30)."""
    found = []
    for index in range(1, count + 1):
        at = math.cos(math.pi * (index - 0.25) / (count + 0.5))
        slope = 1.0
        for _ in range(5):
            now, before = 1.0, 0.0
            for degree in range(1, count + 1):
                now, before = ((2 * degree - 1) * at * now - (degree - 1) * before) / degree, now
            slope = count * (at * now - before) / (at * at - 1)
            at -= now / slope
        found.append(((1 + at) / 2, 1 / ((1 - at * at) * slope * slope)))
    return tuple(found)


def _root(function: Callable[[float], float], first: float, second: float) -> float:
    """Return where a smooth function is 0, by secants from two places near to it."""
    for _ in range(12):
        one, two = function(first), function(second)
        if abs(two) < 1e-12 or one == two:
            break
        first, second = second, second - two * (second - first) / (two - one)
    return second
