"""How large two arms have to be to find a planned improvement, by the closed forms of each test.

All are tests of one side: the improvement is not beyond the margin, against the planned one. Where n units
answer in all, z is normal with the mean (√n x distance - z(1 - alpha) x under) / actual + z(1 - alpha), where
`under` and `actual` are the deviations of the difference under the null and as planned, for n = 1:

* proportion: `under` is that of the nearest shares that lie on the margin, as the score test has it
  (Farrington, Manning 1990, Stat. Med. 9, 1447-1454; Miettinen, Nurminen 1985, Stat. Med. 4, 213-226);
* mean, resampled: both are the same, by the delta method where the metric is not a mean.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from mlopsc.chance import looks as sequential
from mlopsc.chance.distributions import normal_quantile


@dataclass(frozen=True, slots=True)
class Arms:
    """Two arms whose metric is `control` in one and, as planned, `treatment` in the other.

    `share` of the units are the treatment's. The null hypothesis is that treatment is at most `ratio` x
    control + `shift` (at least, where `sign` is -1 and lower is better). `variance` is that of one unit by
    the level of its arm; `scored` says that the null's own variance is used, as for shares.
    """

    control: float
    treatment: float
    share: float
    sign: int
    ratio: float
    shift: float
    variance: Callable[[float], float]
    scored: bool

    @property
    def distance(self) -> float:
        """How far beyond the margin the planned improvement is."""
        return self.sign * (self.treatment - self.ratio * self.control - self.shift)

    @property
    def finite(self) -> bool:
        """Whether the squares of its figures are numbers."""
        return all(1 / _HUGE < abs(level) < _HUGE for level in (self.control, self.treatment))

    @property
    def actual(self) -> float:
        """The deviation of the difference as planned, with one unit in all."""
        return self._deviation(self.treatment, self.control)

    @property
    def under(self) -> float:
        """The deviation of the difference under the null, with one unit in all."""
        if not self.scored:
            return self.actual
        nearest = _nearest_ratio if self.shift == 0 else _nearest_difference
        control = nearest(self)
        return self._deviation(self.ratio * control + self.shift, control)

    def drift(self, units: float, alpha: float) -> float:
        """Return the mean of z at the last look, when so many units have answered in both arms."""
        z, actual = normal_quantile(1 - alpha), self.actual
        if actual == 0:
            return math.inf
        return (math.sqrt(units) * self.distance - z * self.under) / actual + z

    def power(self, units: float, alpha: float, looks: int) -> float:
        """Return the chance to find the planned improvement with so many units in both arms."""
        drift = self.drift(units, alpha)
        return 1.0 if drift > _SURE else sequential.crossing(drift, looks, alpha)

    def needed(self, power: float, alpha: float, looks: int) -> float:
        """Return with how many units in both arms the planned improvement is found with chance `power`."""
        z = normal_quantile(1 - alpha)
        root = (sequential.needed(power, looks, alpha) - z) * self.actual + z * self.under
        return float(max(0.0, min(root / self.distance, _FAR)) ** 2)

    def _deviation(self, treatment: float, control: float) -> float:
        one, two = self.variance(treatment) / self.share, self.variance(control) / (1 - self.share)
        return math.sqrt(max(0.0, one + self.ratio**2 * two))


# Beyond so many deviations nothing is missed.
_SURE = 40.0
_HUGE = 1e100
# A million millions of units are as good as never.
_FAR = 1e6


def _nearest_ratio(arms: Arms) -> float:
    """Return the control's share nearest to both arms, where treatment is `ratio` of it."""
    one, two, ratio = arms.share, 1 - arms.share, arms.ratio
    right, other = one * arms.treatment, two * arms.control
    b = -(one * ratio + right + two + other * ratio)
    return (-b - math.sqrt(max(0.0, b * b - 4 * ratio * (right + other)))) / (2 * ratio)


def _nearest_difference(arms: Arms) -> float:
    """Return the control's share nearest to both arms, where treatment is `shift` more than it."""
    theta, shift = (1 - arms.share) / arms.share, arms.shift
    p1, p2 = arms.treatment, arms.control
    a = 1 + theta
    b = -(1 + theta + p1 + theta * p2 + shift * (theta + 2))
    c = shift * shift + shift * (2 * p1 + theta + 1) + p1 + theta * p2
    d = -p1 * shift * (1 + shift)
    v = (b / (3 * a)) ** 3 - b * c / (6 * a * a) + d / (2 * a)
    u = math.copysign(math.sqrt(max(0.0, (b / (3 * a)) ** 2 - c / (3 * a))), v)
    w = (math.pi + math.acos(max(-1.0, min(1.0, v / u**3 if u else 0.0)))) / 3
    return 2 * u * math.cos(w) - b / (3 * a) - shift
