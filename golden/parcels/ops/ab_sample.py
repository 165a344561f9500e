"""Which units a look is at, what is known of them, and what speaks against a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ab_plan import Planned
from ab_rows import ARMS
from ab_statistics import mismatch, missing
from ab_units import Units

if TYPE_CHECKING:
    from numpy.typing import NDArray

Counts = dict[str, int]


@dataclass(frozen=True)
class Sample:
    """The units of one look, counted by arm, and the outcomes and answers of those that are compared.

    `dealt` ids were seen in time. `both` of them had answers of both versions, `astray` only of the other
    arm's one: neither is in `kept`. `known` of these have an outcome; where the answer to one of them is
    none, they are `void`. `true` and `made` are outcomes and answers by arm. `split` is the p-value of the
    arms' sizes, `lost` that of missing outcomes, both None without units to judge by.
    """

    dealt: Counts
    both: Counts
    astray: Counts
    kept: Counts
    known: Counts
    void: Counts
    true: Mapping[str, NDArray[Any]]
    made: Mapping[str, NDArray[Any]]
    split: float | None
    lost: float | None


def sample(units: Units, label: NDArray[Any], look: Planned, share: float) -> Sample:
    """Return what a look sees: what came later is not counted, whenever it is looked."""
    import numpy as np

    seen = units.first < look.ends
    both = seen & (units.other < look.matured)
    astray = seen & ~both & (units.treated != units.answered)
    kept = seen & ~both & ~astray
    known = kept & ~np.isnan(label)
    void = known & np.isnan(units.value)
    arms = {ARMS[0]: ~units.treated, ARMS[1]: units.treated}
    masks = {"dealt": seen, "both": both, "astray": astray, "kept": kept, "known": known, "void": void}
    counts = {of: {name: int((mask & arm).sum()) for name, arm in arms.items()} for of, mask in masks.items()}
    left, found = counts["kept"], counts["known"]
    return Sample(
        **counts,
        true={name: label[known & ~void & arm] for name, arm in arms.items()},
        made={name: units.value[known & ~void & arm] for name, arm in arms.items()},
        split=mismatch(left, share) if sum(left.values()) else None,
        lost=missing(found, left) if all(left.values()) else None,
    )
