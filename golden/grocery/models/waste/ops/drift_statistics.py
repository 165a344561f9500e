"""How far two distributions are apart, and how likely chance alone is to part them so.

Every function takes counts of values (a Pair), so that a thousand rows and a billion cost the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drift_pairs import Pair

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = 10
# Up to so many different values, each is a bin of its own.
FEW_VALUES = 20
# The usual condition of the chi-squared test: rarer categories are put together.
LEAST_EXPECTED = 5
# Up to this size scipy computes the p-value of ks exactly.
EXACT_KS = 10_000


@dataclass(frozen=True)
class Distance:
    """A statistic, the effect that is compared with its threshold, and the p-value where there is one."""

    statistic: float
    effect: float
    p: float | None = None


def ks(pair: Pair) -> Distance:
    """Kolmogorov-Smirnov: the largest difference of the cumulative shares, as scipy.stats.ks_2samp."""
    import numpy as np
    from scipy import stats

    then, now = _cumulative(pair)
    distance = float(np.max(np.abs(then - now)))
    first, second = pair.sizes
    if max(first, second) <= EXACT_KS:
        samples = (np.repeat(pair.values, counts) for counts in (pair.reference, pair.current))
        return Distance(distance, distance, float(stats.ks_2samp(*samples).pvalue))
    effective = round(first * second / (first + second))
    return Distance(distance, distance, float(np.clip(stats.kstwo.sf(distance, effective), 0, 1)))


def chi2(pair: Pair) -> Distance:
    """Chi-squared test of the categories, without Yates' correction; the effect is Cramér's V.

    V is that of samples of one size: of a few rows beside many, plain V is small whatever they hold.
    """
    import numpy as np
    from scipy import stats

    table = np.array(pooled(pair.reference, pair.current))
    if table.shape[1] < 2:
        return Distance(0.0, 0.0, 1.0)
    statistic, p, *_ = stats.chi2_contingency(table, correction=False)
    then, now = table / table.sum(axis=1, keepdims=True)
    effect = np.sqrt(np.sum((now - then) ** 2 / (now + then)) / 2)
    return Distance(float(statistic), float(effect), float(p))


def psi(pair: Pair) -> Distance:
    """Population stability index over the reference's deciles, or over categories.

    An empty bin counts as half a row. The effect is less what chance alone gives on average,
    (bins - 1) * (1 / rows + 1 / rows): many categories in few rows are no drift.
    """
    import numpy as np

    then, now = pooled(*_binned(pair))
    shares = [np.maximum(counts, 0.5) / counts.sum() for counts in (then, now)]
    index = float(np.sum((shares[1] - shares[0]) * np.log(shares[1] / shares[0])))
    chance = (len(then) - 1) * float(1 / then.sum() + 1 / now.sum())
    return Distance(index, max(0.0, index - chance))


def wasserstein(pair: Pair) -> Distance:
    """Wasserstein distance in standard deviations of the reference, as scipy.stats.wasserstein_distance."""
    import numpy as np

    then, now = _cumulative(pair)
    moved = float(np.sum(np.abs(then - now)[:-1] * np.diff(pair.values)))
    share = pair.reference / pair.reference.sum()
    mean = np.sum(share * pair.values)
    deviation = float(np.sqrt(np.sum(share * (pair.values - mean) ** 2)))
    distance = moved / deviation if deviation else np.inf if moved else 0.0
    return Distance(distance, distance)


def msd(pair: Pair) -> Distance:
    """Mean squared difference of equal quantiles, in the column's own unit squared."""
    import numpy as np

    then, now = _cumulative(pair)
    levels = np.union1d(then, now)
    # The quantile function is constant between two levels: its middle is free of rounding.
    widths = np.diff(levels, prepend=0)
    middles = levels - widths / 2
    last = len(pair.values) - 1
    places = [np.minimum(np.searchsorted(shares, middles), last) for shares in (then, now)]
    mean = float(np.sum(widths * (pair.values[places[0]] - pair.values[places[1]]) ** 2))
    return Distance(mean, mean)


METHODS: dict[str, Callable[[Pair], Distance]] = {
    "ks": ks,
    "chi2": chi2,
    "psi": psi,
    "wasserstein": wasserstein,
    "msd": msd,
}


def corrected(p_values: Sequence[float], method: str) -> list[float]:
    """Return p-values corrected for their number: none, bonferroni, or fdr_bh (Benjamini, Hochberg 1995)."""
    import numpy as np

    p, count = np.asarray(p_values, dtype=float), len(p_values)
    if method == "none" or not count:
        return [float(value) for value in p]
    if method == "bonferroni":
        return [float(value) for value in np.minimum(1, p * count)]
    order = np.argsort(p)[::-1]
    ranked = np.minimum.accumulate(p[order] * count / np.arange(count, 0, -1))
    result = np.empty(count)
    result[order] = np.minimum(1, ranked)
    return [float(value) for value in result]


def pooled(reference: NDArray[Any], current: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the counts with all categories put together whose expected count is below LEAST_EXPECTED."""
    import numpy as np

    both = reference + current
    smaller = min(reference.sum(), current.sum()) / both.sum()
    rare = (both * smaller < LEAST_EXPECTED) & (both > 0)
    kept = ~rare & (both > 0)
    rest = [[counts[rare].sum()] if rare.any() else [] for counts in (reference, current)]
    return np.append(reference[kept], rest[0]), np.append(current[kept], rest[1])


def new_categories(pair: Pair) -> tuple[list[str], float]:
    """Return the categories that the reference lacks, and how likely chance brings so many rows of them.

    A row is new by chance about as often as a value of the reference occurs only once (Good, Turing).
    """
    from scipy import stats

    unseen = (pair.reference == 0) & (pair.current > 0)
    rows, size, total = (int(counts.sum()) for counts in (pair.current[unseen], pair.current, pair.reference))
    once = int((pair.reference == 1).sum())
    likely = float(stats.betabinom.sf(rows - 1, size, once + 1, total - once + 1)) if rows else 1.0
    return [str(value) for value in pair.values[unseen]], likely


def _cumulative(pair: Pair) -> tuple[NDArray[Any], NDArray[Any]]:
    sides = (pair.reference, pair.current)
    then, now = (counts.cumsum() / counts.sum() for counts in sides)
    return then, now


def _binned(pair: Pair) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return counts by category, by value of the reference where these are few, else by its deciles."""
    import numpy as np

    if pair.values.dtype == object:
        return pair.reference, pair.current
    seen = pair.reference > 0
    if seen.sum() <= FEW_VALUES:
        places = np.where(seen, np.cumsum(seen), 0)
    else:
        levels = np.arange(1, BINS) / BINS
        edges = np.unique(pair.values[np.searchsorted(_cumulative(pair)[0], levels - 1e-12)])
        places = np.searchsorted(edges, pair.values)
    then, now = (np.bincount(places, weights=counts) for counts in (pair.reference, pair.current))
    return then, now
