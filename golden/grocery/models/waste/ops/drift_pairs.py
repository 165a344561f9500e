"""Counts how often each value of a column occurs in the reference and in the current data.

Up to WHOLE rows each value counts as it is. More rows are rounded up to the nearest of about 10,000
values, quantiles of samples of both sides: the distance of the distributions is then found to within
0.0005, whatever the number of rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drift_data import Sample, Source
from verdict import plain

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]

QUANTILES = 5_000
NULL, OTHER = "(null)", "(other)"
# A column, and whether its values are compared as numbers; else they are categories.
Axis = tuple[str, bool]


@dataclass(frozen=True)
class Pair:
    """Values in ascending order, and how often each is in the reference and in the current data.

    Of numbers, nulls are left out; among categories they are one more category.
    """

    values: NDArray[Any]
    reference: Counts
    current: Counts
    nulls: tuple[int, int] = (0, 0)

    @property
    def sizes(self) -> tuple[int, int]:
        """Return the number of values that are not null, in the reference and in the current data."""
        real = self.values != NULL if self.values.dtype == object else slice(None)
        return int(self.reference[real].sum()), int(self.current[real].sum())


def pairs(
    sources: tuple[Source, Source], samples: tuple[Sample, Sample], axes: list[Axis]
) -> dict[Axis, Pair]:
    """Return the counts of each axis in the reference and the current data, given a sample of each."""
    exact = all(sample.whole for sample in samples)
    values = {axis: _values(axis, samples, exact) for axis in axes}
    sides = [
        _tally([sample] if sample.whole else (Sample(c, len(c)) for c in source.chunks()), values)
        for source, sample in zip(sources, samples, strict=True)
    ]
    return {axis: _pair(axis, values[axis], [side[axis] for side in sides]) for axis in axes}


def categories(values: pd.Series[Any]) -> Counter[str]:
    """Return how often each category occurs; 1 and 1.0 are one, and so are True and true."""
    found: Counter[str] = Counter()
    for value, count in values.value_counts(dropna=True).items():
        found[str(value).lower() if isinstance(value, bool) else plain(value)] += int(count)
    return found


def _values(axis: Axis, samples: tuple[Sample, Sample], exact: bool) -> NDArray[Any]:
    """Return the values that are counted apart: all, or so many quantiles of each sample."""
    import numpy as np

    if not axis[1]:
        names = set().union(*(categories(sample.frame[axis[0]]) for sample in samples))
        return np.array(sorted(names), dtype=object)
    points = [sample.numbers(axis[0]) for sample in samples]
    if not exact:
        points = [each[_places(each)] for each in points]
    values: NDArray[np.float64] = np.concatenate(points)
    # Two sorted runs: a stable sort merges them.
    values.sort(kind="stable")
    return np.compress(np.diff(values, prepend=np.nan) != 0, values)


def _places(ordered: NDArray[Any]) -> NDArray[Any]:
    """Return where the quantiles of ordered values are, or the first of each value if there are few."""
    import numpy as np

    firsts = np.flatnonzero(np.diff(ordered, prepend=np.nan) != 0)
    few = len(firsts) <= QUANTILES
    return firsts if few else np.linspace(0, len(ordered) - 1, QUANTILES).astype(int)


def _tally(parts: Iterable[Sample], values: dict[Axis, NDArray[Any]]) -> dict[Axis, tuple[Counts, int]]:
    """Return how often each value occurs, then the number of nulls; a last count is of other categories."""
    import numpy as np

    found = {axis: np.zeros(len(known) + 1, dtype=np.int64) for axis, known in values.items()}
    nulls = dict.fromkeys(values, 0)
    for part in parts:
        for axis, known in values.items():
            counts = (_numbers if axis[1] else _categories)(part, axis[0], known)
            found[axis] += counts
            nulls[axis] += part.rows - int(counts.sum())
    return {axis: (found[axis], nulls[axis]) for axis in values}


def _numbers(part: Sample, name: str, known: NDArray[Any]) -> Counts:
    """Count each value for the known one that is next above it, or else for the greatest."""
    import numpy as np

    given = part.numbers(name)
    upto = np.searchsorted(given, known, side="right")
    if len(known):
        upto[-1] = len(given)
    return np.diff(upto, prepend=0, append=len(given))


def _categories(part: Sample, name: str, known: NDArray[Any]) -> Counts:
    import numpy as np

    found = categories(part.frame[name])
    counts = [found.pop(value, 0) for value in known]
    return np.array([*counts, found.total()], dtype=np.int64)


def _pair(axis: Axis, known: NDArray[Any], sides: list[tuple[Counts, int]]) -> Pair:
    import numpy as np

    (reference, none_then), (current, none_now) = sides
    nulls = (none_then, none_now)
    if axis[1]:
        return Pair(known, reference[:-1], current[:-1], nulls)
    values = np.array([*known, OTHER, NULL], dtype=object)
    then, now = (np.append(counts, none) for counts, none in sides)
    kept = (then + now) > 0
    return Pair(values[kept], then[kept], now[kept], nulls)
