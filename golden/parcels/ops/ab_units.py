"""The units of an A/B test: each id once, with its first answer since the test began, and its arm.

The log is read some rows at a time. What is kept grows with the number of ids, and not with that of rows:
the first row of each id by each arm and version, as numbers of eight bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ab_rows import KEY, NEW, TIME, TREATED, VALUE, Counts, numbers
from ab_values import Codes

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

# So many rows wait at least before those of the same ids are put together.
WAITING = 200_000


@dataclass(frozen=True)
class Units:
    """Arrays of one length, by the time of each id's first request.

    `keys` are hashes of ids, `first` is when the first request came, `other` when the first one came that
    another arm or version answered (infinite: never); both in seconds since 1970. `treated` is the arm,
    `answered` says that the candidate gave the first answer, which `value` is; `counts` is of the log's rows.
    """

    keys: NDArray[Any]
    first: NDArray[Any]
    other: NDArray[Any]
    treated: NDArray[Any]
    answered: NDArray[Any]
    value: NDArray[Any]
    counts: Counts


def units(config: dict[str, Any], version: str, since: float, until: float, codes: Codes) -> Units:
    """Return the units of a test, by rows of the log from `since` on and before `until`.

    Raises what `numbers` does.
    """
    counts = Counts()
    parts: list[pd.DataFrame] = []
    waiting = whole = 0
    for each in numbers(config, version, (since, until), codes, counts):
        parts.append(_reduced(each))
        waiting += len(parts[-1])
        # Put together when there is as much again: each row is then looked at a few times, not always.
        if waiting > max(WAITING, whole):
            parts, waiting = [_reduced(_joined(parts))], 0
            whole = len(parts[0])
    return _units(_reduced(_joined(parts)), counts)


def _reduced(part: pd.DataFrame) -> pd.DataFrame:
    """Return the first row of each id by each arm and version."""
    return part.sort_values(TIME, kind="stable").drop_duplicates([KEY, NEW, TREATED])


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    # Rows of one time keep the order in which they were read: files by their names.
    held = [part for part in parts if len(part)]
    return pd.concat(held, ignore_index=True) if held else _nothing()


def _nothing() -> pd.DataFrame:
    import pandas as pd

    types = {KEY: "uint64", TIME: "float64", NEW: "bool", TREATED: "bool", VALUE: "float64"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in types.items()})


def _units(found: pd.DataFrame, counts: Counts) -> Units:
    import numpy as np

    once = ~found.duplicated(KEY)
    # Rows are ordered by time: the second one of an id is when something else answered it.
    others = found[~once].drop_duplicates(KEY).set_index(KEY)[TIME]
    whole = found[once]
    return Units(
        keys=whole[KEY].to_numpy(),
        first=whole[TIME].to_numpy(),
        other=others.reindex(whole[KEY]).fillna(np.inf).to_numpy(),
        treated=whole[TREATED].to_numpy(),
        answered=whole[NEW].to_numpy(),
        value=whole[VALUE].to_numpy(),
        counts=counts,
    )
