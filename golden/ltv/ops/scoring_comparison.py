"""How the scores of two models differ on the same rows.

Of numbers the mean difference is the mean of |candidate - champion|; relative to the mean of |champion|
where the limit is a percentage. Of classes it is the share of the rows whose class changes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scoring_faults import names
from scoring_input import Given
from scoring_scores import Scores
from verdict import plain

if TYPE_CHECKING:
    import pandas as pd

# 0.95 - 0.9 is a little more than 0.05 to a computer.
ROUNDING = 1e-9
BARS, CHANGES = 21, 10
Limit = Mapping[str, float]


@dataclass(frozen=True)
class Difference:
    """How one column of predictions differs; what cannot be computed is None.

    `shift` is the mean of candidate - champion, `largest` the largest |candidate - champion|. `bars` are
    the counts of equally wide intervals from -`largest` to `largest`; of classes, `changes` are the
    counts of the most frequent pairs (champion's class, candidate's class).
    """

    column: str
    kind: str
    rows: int
    mean: float
    relative: float | None = None
    shift: float | None = None
    largest: float | None = None
    correlation: float | None = None
    bars: list[int] = field(default_factory=list)
    changes: list[tuple[str, str, int]] = field(default_factory=list)

    def above(self, limit: Limit) -> bool:
        """Say whether the difference is larger than a limit; exactly the limit is not."""
        ((kind, most),) = limit.items()
        found = self.relative if kind == "relative" and self.relative is not None else self.mean
        return found > most * (1 + ROUNDING)

    def line(self, limit: Limit) -> str:
        """Return the difference in words, with the limit where there is one."""
        if self.kind == "classes":
            said = f"{self.column}: {100 * self.mean:.3g}% of {self.rows} rows have another class"
        else:
            share = "" if self.relative is None else f" ({100 * self.relative:.3g}% of the champion's mean)"
            said = f"{self.column}: mean difference {self.mean:.4g}{share}, mean shift {self.shift:.4g}"
        if not limit:
            return said
        ((kind, most),) = limit.items()
        shown = f"{100 * most:.6g}%" if kind == "relative" or self.kind == "classes" else f"{most:g}"
        return f"{said}; {'more than' if self.above(limit) else 'allowed:'} {shown}"


def differences(
    config: Mapping[str, Any], given: Given, candidate: Scores, champion: Scores
) -> list[Difference]:
    """Return how each column of predictions differs; raise ValueError where the columns are not the same."""
    if candidate.predicted != champion.predicted:
        both = (", ".join(each.predicted) for each in (candidate, champion))
        raise ValueError("the candidate predicts {}, and the champion {}".format(*both))
    new, old = _aligned(given, config["data"].get("id", ""), candidate.frame, champion.frame)
    classes = config["model"].get("task") == "classification"
    return [_difference(name, new[name], old[name], classes) for name in candidate.predicted]


def _aligned(
    given: Given, key: str, new: pd.DataFrame, old: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both with their rows in one order: by id where that tells rows apart, else as they are."""
    if not key or key not in given.table.frame or given.table.frame[key].duplicated().any():
        return new.reset_index(drop=True), old.reset_index(drop=True)
    new, old = new.set_axis(names(new[key])), old.set_axis(names(old[key]))
    return new, old.loc[new.index]


def _difference(name: str, new: pd.Series[Any], old: pd.Series[Any], classes: bool) -> Difference:
    import pandas as pd

    numeric = all(pd.api.types.is_numeric_dtype(each) and each.dtype.kind != "b" for each in (new, old))
    if not numeric or (classes and all(bool((each % 1 == 0).all()) for each in (new, old))):
        return _of_classes(name, new, old)
    change, size = (new - old).astype(float), float(old.abs().mean())
    mean, largest = float(change.abs().mean()), float(change.abs().max())
    relative = mean / size if size else math.inf if mean else 0.0
    varied = min(float(new.std(ddof=0)), float(old.std(ddof=0))) > 0
    correlation = float(new.corr(old)) if varied else None
    return Difference(
        name,
        "numbers",
        len(new),
        mean,
        relative,
        float(change.mean()),
        largest,
        correlation,
        _bars(change, largest),
    )


def _of_classes(name: str, new: pd.Series[Any], old: pd.Series[Any]) -> Difference:
    now, before = (each.map(plain) for each in (new, old))
    other = now != before
    pairs = before[other].to_frame("old").assign(new=now[other]).value_counts().head(CHANGES)
    found = zip(pairs.index.to_list(), pairs.to_list(), strict=True)
    changes = [(str(was), str(is_), int(count)) for (was, is_), count in found]
    return Difference(name, "classes", len(new), float(other.mean()), changes=changes)


def _bars(change: pd.Series[Any], largest: float) -> list[int]:
    import numpy as np

    if not largest:
        return []
    return [int(count) for count in np.histogram(change, BARS, (-largest, largest))[0]]
