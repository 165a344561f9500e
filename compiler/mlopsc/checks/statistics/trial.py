"""One test of the drift check: how often chance alone makes it drift, and which shift it finds.

What it says is true of the generated program: a p-value counts only with an effect of at least
`min_effect`, PSI is less its mean under chance, Cramér's V is that of samples of one size.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from mlopsc.chance.distributions import (
    chi2_sf,
    kolmogorov_sf,
    noncentral_chi2_sf,
    normal_cdf,
    normal_quantile,
    rising,
)

POWER = 0.8
BINS = 10
_FARTHEST = {True: 3.0, False: 0.5}


@dataclass(frozen=True, slots=True)
class Trial:
    """One method on one column of `rows` current rows, against `reference` rows (infinite when many).

    It is drift with a p-value below `level` (1 for methods without one) and an effect of at least `least`.
    `numeric` says what a shift is: of the mean, in standard deviations; or of the share of a category that
    half of the rows have, where a change is hardest to see.
    """

    method: str
    least: float
    level: float
    bins: int
    numeric: bool
    rows: int
    reference: float = math.inf

    @property
    def effective(self) -> float:
        """Return the rows of a sample that is as informative against a known distribution."""
        return 1 / (1 / self.rows + 1 / self.reference)

    def of(self, rows: int) -> "Trial":
        """Return the same test of other current rows; the reference has at least as many."""
        return replace(self, rows=rows, reference=max(self.reference, rows))

    def at_best(self) -> "Trial":
        """Return the same test against the reference with which it sees most: a large one."""
        return replace(self, reference=math.inf)

    def by_chance(self) -> float:
        """Return how often the effect is at least `least` without any drift."""
        return _BY_CHANCE[self.method](self)

    def alarms(self, share: float = 1.0) -> float:
        """Return how often it is drift without any drift, with that share of its level."""
        return min(self.level * share, self.by_chance())

    def power(self, shift: float, share: float = 1.0) -> float:
        """Return how often a shift is found, or a little less."""
        return _POWER[self.method](self, shift, self.level * share)

    def smallest(self, share: float = 1.0) -> float | None:
        """Return the smallest shift that is found at 80% power; None where even the farthest is not."""
        farthest = _FARTHEST[self.numeric]
        if self.power(farthest, share) < POWER:
            return None
        return rising(lambda shift: self.power(shift, share), POWER, 0, farthest)

    def measure(self, shift: float) -> float:
        """Return the effect that a shift has, in the method's own unit."""
        if self.method == "ks":
            return 2 * normal_cdf(shift / 2) - 1
        return index(shift, self.numeric) if self.method == "psi" else shift


def index(shift: float, numeric: bool) -> float:
    """Return the population stability index of a shift: of normal values in deciles, or of a category."""
    if not numeric:
        return shift * math.log((0.5 + shift) / max(0.5 - shift, 1e-9))
    cumulative = [0.0, *(normal_cdf(edge - shift) for edge in _deciles()), 1.0]
    now = [max(after - before, 1e-9) for before, after in pairwise(cumulative)]
    return sum((share - 1 / BINS) * math.log(share * BINS) for share in now)


@cache
def _deciles() -> tuple[float, ...]:
    return tuple(normal_quantile(step / BINS) for step in range(1, BINS))


def _ks_p(distance: float, effective: float) -> float:
    """Return the p-value of a distance, with the correction for few rows of Stephens (1970), JRSS B 32."""
    root = math.sqrt(effective)
    return kolmogorov_sf(distance * (root + 0.12 + 0.11 / root))


@cache
def _ks_seen(level: float, effective: float) -> float:
    return rising(lambda distance: -_ks_p(distance, effective), -level, 0, 1)


def _ks_power(trial: Trial, shift: float, level: float) -> float:
    """A bound that needs no distribution: where the two differ most, a share differs (Massey 1950)."""
    seen = _ks_seen(level, trial.effective)
    return normal_cdf(2 * math.sqrt(trial.effective) * (trial.measure(shift) - max(seen, trial.least)))


def _chi2_effect(trial: Trial) -> float:
    """Return the statistic at which Cramér's V of samples of one size is `least`."""
    return 4 * trial.least**2 * trial.effective


@cache
def _chi2_seen(level: float, freedom: int) -> float:
    return rising(lambda statistic: -chi2_sf(statistic, freedom), -level, 0, 1000 + 2 * freedom)


def _chi2_power(trial: Trial, shift: float, level: float) -> float:
    freedom = trial.bins - 1
    limit = max(_chi2_seen(level, freedom), _chi2_effect(trial))
    return noncentral_chi2_sf(limit, freedom, trial.effective * 4 * shift**2)


def _psi_power(trial: Trial, shift: float, _level: float) -> float:
    freedom, unit = trial.bins - 1, trial.effective
    return noncentral_chi2_sf(trial.least * unit + freedom, freedom, unit * index(shift, trial.numeric))


def _wasserstein_power(trial: Trial, shift: float, _level: float) -> float:
    """The distance is at least that of the means, which are normal."""
    return normal_cdf((shift - trial.least) * math.sqrt(trial.effective))


_BY_CHANCE: Mapping[str, Callable[[Trial], float]] = {
    "ks": lambda trial: _ks_p(trial.least, trial.effective),
    "chi2": lambda trial: chi2_sf(_chi2_effect(trial), trial.bins - 1),
    "psi": lambda trial: chi2_sf(trial.least * trial.effective + trial.bins - 1, trial.bins - 1),
    # At least so often: the distance is at least that of the means.
    "wasserstein": lambda trial: 2 * normal_cdf(-trial.least * math.sqrt(trial.effective)),
}
_POWER: Mapping[str, Callable[[Trial, float, float], float]] = {
    "ks": _ks_power,
    "chi2": _chi2_power,
    "psi": _psi_power,
    "wasserstein": _wasserstein_power,
}
METHODS = frozenset(_POWER)
# Their power is a bound that holds for every distribution; that of the others is about right.
BOUNDED = frozenset({"ks", "wasserstein"})
