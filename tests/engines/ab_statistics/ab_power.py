"""How many units a test of two versions takes, and what it can see with those that it gets.

The compiler reckons it by itself, without scipy; this second reckoning is held to statsmodels and to
simulated tests, and the compiler's to this one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from ab_contrasts import likeliest
from ab_margin import Null, level, null
from ab_spending import boundaries, rejecting

_MEANS = ("mean", "resampled")
_CLOSE = 1e-9


@dataclass(frozen=True)
class Plan:
    """A test of two versions before it runs.

    `kind` is proportion, mean or resampled, and `baseline` the figure that is expected of control, in the
    metric's unit. `deviation` is that of a single unit: of means, the standard deviation of a value; of a
    resampled metric, that of an arm's figure times the root of its units. That of proportions follows from
    the baseline.
    `margin` is what the null hypothesis allows and `effect` what is planned for, both as in `null`. `alpha`
    is one-sided, `power` the chance to see the effect, `share` that of units in treatment.
    """

    kind: str
    baseline: float
    margin: Mapping[str, float]
    effect: Mapping[str, float]
    better: str
    alpha: float
    power: float
    share: float
    looks: int = 1
    deviation: float = 0.0

    def __post_init__(self) -> None:
        """Raise ValueError for figures that are none, and an effect that is not above the margin."""
        level(self.alpha)
        if self.kind not in ("proportion", *_MEANS):
            raise ValueError(f"a metric is a proportion, a mean or resampled, not {self.kind}")
        if not (0 < self.share < 1 and self.alpha < self.power < 1):
            raise ValueError("a share is between 0 and 1, a power between alpha and 1")
        if self.kind == "proportion" and not (0 < self.baseline < 1 and 0 < self.planned < 1):
            raise ValueError(f"{self.baseline} and {self.planned} are not both between 0 and 1")
        if self.kind in _MEANS and not (self.deviation > 0 and math.isfinite(self.deviation)):
            raise ValueError("a deviation is a finite number above 0")
        if self.edge.relative and not self.baseline > 0:
            raise ValueError("a relative margin is a share of a figure above 0")
        if not self.beyond > 0:
            raise ValueError("an effect that is not above the margin is never seen")

    @property
    def edge(self) -> Null:
        """Return the edge of the null hypothesis."""
        return null(self.margin, self.better)

    @property
    def planned(self) -> float:
        """Return treatment's figure with the effect."""
        aim = null(self.effect, self.better)
        return aim.ratio * self.baseline + aim.offset

    @property
    def beyond(self) -> float:
        """Return how far the effect is beyond the margin, in the metric's unit."""
        return float(self.edge.excess(self.planned, self.baseline))

    @property
    def deviations(self) -> tuple[float, float]:
        """Return the deviation of treatment - ratio * control for one unit: on the edge, at the effect.

        Divided by the root of the units of both arms, each is that of a test. On the edge, proportions are
        the likeliest given those that are expected: Farrington, Manning (1990), Statistics in Medicine 9,
        1447-1454.
        """
        if self.kind in _MEANS:
            one = self._deviation(self.deviation**2, self.deviation**2)
            return one, one
        arms = (self.planned * self.share, self.share), (self.baseline * (1 - self.share), 1 - self.share)
        p1, p0 = (float(p) for p in likeliest(*arms, self.edge))
        there = self._deviation(*(p * (1 - p) for p in (self.planned, self.baseline)))
        return self._deviation(p1 * (1 - p1), p0 * (1 - p0)), there

    def _deviation(self, treatment: float, control: float) -> float:
        return math.sqrt(treatment / self.share + self.edge.ratio**2 * control / (1 - self.share))


def needed(plan: Plan) -> dict[str, int]:
    """Return the units {"control": n, "treatment": n} with which the planned effect is seen with `power`.

    Of one look n = ((z_alpha * d0 + z_power * d1) / beyond)^2, d0 and d1 being `deviations`: Farrington,
    Manning (1990), formula 4. With more looks z_alpha + z_power grows as the recursive integration says.
    """
    total = (_reach(plan) / plan.beyond) ** 2
    shares = {"control": 1 - plan.share, "treatment": plan.share}
    return {arm: max(2, math.ceil(total * share)) for arm, share in shares.items()}


def power(plan: Plan, units: float) -> float:
    """Return how likely so many units in both arms show the planned effect; the inverse of `needed`."""
    from scipy import stats

    z = float(stats.norm.isf(plan.alpha))
    edge, there = plan.deviations
    drift = z + (plan.beyond * math.sqrt(units) - z * edge) / there
    return rejecting(boundaries(plan.looks, plan.alpha), drift)


def detectable(plan: Plan, units: float) -> float | None:
    """Return the smallest improvement, in the metric's unit, that so many units see with the plan's power.

    None where no improvement that is possible is large enough. The plan's own effect does not matter.
    """
    from scipy import optimize

    def seen(amount: float) -> float:
        aim = replace(plan, effect={"absolute": amount})
        return aim.beyond * math.sqrt(units) - _reach(aim)

    edge = plan.edge
    least = edge.sign * ((edge.ratio - 1) * plan.baseline + edge.offset)
    if plan.kind == "proportion":
        most = 1 - plan.baseline if edge.sign > 0 else plan.baseline
        most -= (most - least) * _CLOSE
    else:
        most = least + 2 * _reach(plan) / math.sqrt(units)
    if seen(most) < 0:
        return None
    return float(optimize.brentq(seen, least + (most - least) * _CLOSE, most, xtol=1e-12 * most))


def _reach(plan: Plan) -> float:
    """Return how far beyond the margin an effect is seen with the plan's power, for one unit in all."""
    from scipy import stats

    z = float(stats.norm.isf(plan.alpha))
    edge, there = plan.deviations
    return z * edge + (_drift(plan.looks, plan.alpha, plan.power) - z) * there


@cache
def _drift(looks: int, alpha: float, chance: float) -> float:
    """Return the mean of z at the last look with which one of the looks rejects with that chance."""
    from scipy import optimize

    limits = boundaries(looks, alpha)
    # A single look takes z_alpha + z_chance; more looks a few per cent more.
    return float(optimize.brentq(lambda at: rejecting(limits, at) - chance, 0, 40, xtol=1e-10))
