"""Alpha that is spent over several looks, so that all of them together err as seldom as one would.

The spending function is that of Lan and DeMets (1983), Biometrika 70, 659-663, which is like the boundary
of O'Brien and Fleming: early looks reject only what is clear, and the last one keeps nearly all of alpha.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from ab_margin import level

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Nodes of the quadrature for each standard deviation of a step, and so many deviations that count.
_DENSE, _WIDE, _LEAST = 3.0, 9.0, 128


def spent(information: float, alpha: float) -> float:
    """Return the one-sided alpha that may be spent when a share `information` (0 to 1] has come in."""
    from scipy import stats

    return float(2 * stats.norm.sf(stats.norm.isf(alpha / 2) / math.sqrt(information)))


def boundaries(looks: int, alpha: float) -> list[float]:
    """Return the one-sided nominal level of each of so many equally spaced looks.

    A test rejects at the first look whose p-value is at most its level. Together they reject a true null
    hypothesis with probability alpha, which is one-sided too. Raises ValueError for no look and an alpha
    that `level` refuses.
    """
    if looks < 1 or looks != int(looks):
        raise ValueError(f"a test is looked at once or more often, not {looks} times")
    return levels([step / looks for step in range(1, int(looks) + 1)], alpha)


def levels(information: Sequence[float], alpha: float) -> list[float]:
    """Return the one-sided nominal levels of looks at these shares of the information, rising to 1.

    By the recursive integration of Armitage, McPherson, Rowe (1969), JRSS A 132, 235-244. Raises ValueError
    for shares that do not rise from above 0 to 1, and an alpha that `level` refuses.
    """
    from scipy import optimize, stats

    level(alpha)
    if not information or min(information) <= 0 or list(information) != sorted({*information}):
        raise ValueError("looks are at shares of the information that rise from above 0")
    if information[-1] != 1:
        raise ValueError("the last look is at all of the information")
    walk, found, before = Walk(), list[float](), 0.0
    for share in information:
        now = spent(share, alpha)
        wanted, reach = now - before, _WIDE * math.sqrt(share)

        def over(limit: float, share: float = share, wanted: float = wanted) -> float:
            return walk.beyond(limit, share) - wanted

        # So little to spend that no value reached by floats is rare enough: nothing is rejected yet.
        limit = math.inf if over(reach) > 0 else float(optimize.brentq(over, 0, reach, xtol=1e-13))
        found.append(float(stats.norm.sf(limit / math.sqrt(share))))
        walk.go_on(limit, share)
        before = now
    return found


def rejecting(nominal: Sequence[float], drift: float) -> float:
    """Return how likely one of so many equally spaced looks rejects, at these one-sided nominal levels.

    `drift` is the mean of z at the last look: 0 on the edge of the null hypothesis.
    """
    from scipy import stats

    walk, total = Walk(drift), 0.0
    for step, each in enumerate(nominal, 1):
        time = step / len(nominal)
        limit = float(stats.norm.isf(each)) * math.sqrt(time)
        total += walk.beyond(limit, time)
        walk.go_on(limit, time)
    return total


class Walk:
    """Sums that no look has rejected yet, as a density over the values that they have.

    At information t in (0, 1] a sum is normal with mean `drift` * t and variance t, with independent
    increments; z at a look is the sum divided by the root of t, and a look rejects at or above a limit.
    """

    def __init__(self, drift: float = 0.0) -> None:
        """Begin at 0; `drift` is the mean of z at the end, 0 on the edge of the null hypothesis."""
        self.drift, self.time = drift, 0.0
        self.nodes: Any = None
        self.mass: Any = None

    def beyond(self, limit: float, time: float) -> float:
        """Return the probability that a look at `time` is the first to reject, with that limit of the sum."""
        from scipy import stats

        deviation, start = self._step(time)
        return float(self.mass @ stats.norm.sf((limit - start) / deviation))

    def go_on(self, limit: float, time: float) -> None:
        """Look at `time`, and go on with the sums below the limit."""
        import numpy as np

        deviation, start = self._step(time)
        low = self.drift * time - _WIDE * math.sqrt(time)
        high = max(low, min(limit, self.drift * time + _WIDE * math.sqrt(time)))
        count = max(_LEAST, math.ceil(_DENSE * (high - low) / deviation))
        roots, weights = _gauss(count)
        nodes = low + (high - low) * (roots + 1) / 2
        steps: NDArray[Any] = (nodes[:, None] - start) / deviation
        density = np.exp(-(steps**2) / 2) @ self.mass / (deviation * math.sqrt(2 * math.pi))
        self.nodes, self.mass, self.time = nodes, density * weights * (high - low) / 2, time

    def _step(self, time: float) -> tuple[float, Any]:
        """Return the deviation of the step to `time`, and where each part of the mass would be without it."""
        import numpy as np

        if self.nodes is None:
            self.nodes, self.mass = np.zeros(1), np.ones(1)
        passed = time - self.time
        return math.sqrt(passed), self.nodes + self.drift * passed


@cache
def _gauss(count: int) -> tuple[Any, Any]:
    """Return nodes and weights of the quadrature of Gauss and Legendre on -1 to 1."""
    import numpy as np

    return np.polynomial.legendre.leggauss(count)
