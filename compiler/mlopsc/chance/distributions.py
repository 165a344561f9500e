"""The distributions that the tests of a spec rest on, by their formulas; no library is loaded for them."""

import math
from collections.abc import Callable


def normal_cdf(z: float) -> float:
    """Return the chance that a standard normal variable is at most `z`."""
    return math.erfc(-z / math.sqrt(2)) / 2


def normal_quantile(p: float) -> float:
    """Return the `z` that a standard normal variable is at most with chance `p`, for 0 < p < 1."""
    return rising(normal_cdf, p, -39, 39)


def kolmogorov_sf(x: float) -> float:
    """Return the chance that Kolmogorov's limiting variable is above `x`.

    Both series of Marsaglia, Tsang, Wang (2003), J. Stat. Softw. 8(18): each where it is the faster one.
    """
    if x < 0.2:
        return 1.0
    if x < 1.2:
        terms = (math.exp(-((2 * k - 1) ** 2) * math.pi**2 / (8 * x * x)) for k in range(1, 6))
        return 1 - math.sqrt(2 * math.pi) / x * sum(terms)
    return 2 * sum((1 if k % 2 else -1) * math.exp(-2 * k * k * x * x) for k in range(1, 8))


def chi2_sf(x: float, freedom: int) -> float:
    """Return the chance that chi-squared with so many degrees of freedom is above `x`.

    It is the upper regularised gamma function Q(freedom / 2, x / 2); from Q(1/2, y) = erfc(sqrt y), or
    Q(1, y) = exp(-y), the recurrence Q(a + 1, y) = Q(a, y) + y^a exp(-y) / Γ(a + 1) leads there (Abramowitz,
    Stegun, 1964, 6.5.21).
    """
    y = x / 2
    if y <= 0:
        return 1.0
    if math.isinf(y):
        return 0.0
    start, total = (1.0, math.exp(-y)) if freedom % 2 == 0 else (0.5, math.erfc(math.sqrt(y)))
    steps = (start + step for step in range((freedom - 1) // 2))
    return min(1.0, total + sum(math.exp(a * math.log(y) - y - math.lgamma(a + 1)) for a in steps))


def noncentral_chi2_sf(x: float, freedom: int, shift: float) -> float:
    """Return about (to 0.01) the chance that chi-squared with noncentrality `shift` is above `x`.

    The third approximation of Sankaran (1963), Biometrika 50, 199-204: it costs the same for any `shift`.
    """
    if x <= 0:
        return 1.0
    if math.isinf(x):
        return 0.0
    mean, spread = freedom + shift, freedom + 2 * shift
    power = 1 - 2 / 3 * mean * (freedom + 3 * shift) / spread**2
    p, m = spread / mean**2, (power - 1) * (1 - 3 * power)
    centre = 1 + power * p * (power - 1 - (2 - power) * m * p / 2)
    width = power * math.sqrt(2 * p) * (1 + m * p / 2)
    return normal_cdf((centre - (x / mean) ** power) / width)


def rising(function: Callable[[float], float], value: float, low: float, high: float) -> float:
    """Return where a function that rises between `low` and `high` reaches `value`, by bisection."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < value else (low, middle)
    return (low + high) / 2
