"""How alike two versions answered, in one column: labels are equal or not, numbers differ by so much."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shadow_pairs import AFTER, BEFORE, KEY

if TYPE_CHECKING:
    import pandas as pd

LISTED = 10
# Sums in another order differ in the last places; that is no difference of the model.
RELATIVE, ABSOLUTE = 1e-9, 1e-12


@dataclass(frozen=True)
class Agreement:
    """What became of one column.

    `kind` is labels or numbers; `alike` says it of each pair, `lost` counts those to which the new version
    gave no usable answer though the other had; `points` are pairs of numbers, of which `figures` has the
    mean, 95th percentile and maximum of the distance, and the mean of new minus old (`bias`). `largest`
    lists single rows, for labels `changes` the most frequent ones.
    """

    column: str
    kind: str
    alike: list[bool]
    lost: int
    figures: dict[str, float]
    largest: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    points: list[tuple[float, float]]

    @property
    def share(self) -> float:
        """The share of pairs that are alike, from 0 to 1; 0 without any."""
        return sum(self.alike) / len(self.alike) if self.alike else 0.0

    def told(self) -> dict[str, Any]:
        """Return what stands in the report."""
        lists = {"largest": self.largest, **({"changes": self.changes} if self.changes else {})}
        head = {"column": self.column, "kind": self.kind, "compared": len(self.alike), "lost": self.lost}
        return {**head, "agreement": round(self.share, 6), **self.figures, **lists}


def agreement(frame: pd.DataFrame, column: str, task: str) -> Agreement:
    """Compare one column of pairs: classes may be numbers, too, but whole ones."""
    before, after = frame[column + BEFORE], frame[column + AFTER]
    numbers = [_numbers(side) for side in (before, after)]
    if all(each is not None for each in numbers) and len(frame):
        whole = all(bool((each.dropna() % 1 == 0).all()) for each in numbers if each is not None)
        if not (whole and task == "classification"):
            return _of_numbers(frame, column, *numbers)  # type: ignore[arg-type]
        before, after = (each.map(_label) for each in numbers if each is not None)
    return _of_labels(frame, column, before, after)


def _numbers(side: pd.Series[str]) -> pd.Series[float] | None:
    """Return numbers, NaN for none and for infinity; None where any other text stands."""
    import pandas as pd

    found = pd.to_numeric(side, errors="coerce")
    words = side.str.strip().str.lower().isin(["", "nan", "none", "null"])
    if bool((found.isna() & ~words).any()):
        return None
    return found.astype(float).where(found.abs() < math.inf)


def _label(value: float) -> str:
    return "" if math.isnan(value) else str(int(value))


def _of_labels(frame: pd.DataFrame, column: str, before: pd.Series[str], after: pd.Series[str]) -> Agreement:
    alike = before == after
    lost = int(((after == "") & (before != "")).sum())
    changed = frame[KEY].assign(before=before, after=after)[~alike]
    counted = changed.groupby(["before", "after"]).size().sort_values(ascending=False, kind="stable")
    names = ["before", "after", "count"]
    changes = [
        dict(zip(names, row, strict=True)) for row in counted.head(LISTED).reset_index().to_numpy().tolist()
    ]
    largest = changed.head(LISTED).to_dict("records")
    return Agreement(column, "labels", alike.tolist(), lost, {}, _records(largest), changes, [])


def _of_numbers(
    frame: pd.DataFrame, column: str, before: pd.Series[float], after: pd.Series[float]
) -> Agreement:
    import numpy as np

    distance = (after - before).abs()
    close = np.isclose(after, before, rtol=RELATIVE, atol=ABSOLUTE)
    alike = close | (after.isna() & before.isna()).to_numpy()
    lost = int((after.isna() & before.notna()).sum())
    known = distance.dropna()
    figures: dict[str, Any] = {
        "mean": known.mean(),
        "bias": (after - before).mean(),
        "p95": known.quantile(0.95),
        "max": known.max(),
    }
    table = frame[KEY].assign(before=before, after=after, distance=distance)
    largest = table[~alike].sort_values("distance", ascending=False, kind="stable").head(LISTED)
    pairs = table.dropna()
    points = list(zip(pairs["before"].tolist(), pairs["after"].tolist(), strict=True))
    told = {name: float(value) for name, value in figures.items()} if len(known) else {}
    return Agreement(
        column, "numbers", alike.tolist(), lost, told, _records(largest.to_dict("records")), [], points
    )


def _records(found: list[dict[Any, Any]]) -> list[dict[str, Any]]:
    """Return rows for the report, nothing in the place of NaN."""
    return [
        {str(k): None if isinstance(v, float) and math.isnan(v) else v for k, v in each.items()}
        for each in found
    ]
