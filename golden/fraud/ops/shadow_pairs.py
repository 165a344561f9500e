"""Rows of the log that two versions have in common: one request, the same inputs, an answer of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prediction_rows import Wanted, predicted, rows

if TYPE_CHECKING:
    import pandas as pd
    from shadow_agreement import Agreement

KEY = ["request_id", "row"]
INPUTS = "inputs"
BEFORE, AFTER = " before", " after"


@dataclass(frozen=True)
class Pairs:
    """What two versions answered to the same rows.

    `frame` has the key, and each of `columns` twice, with the endings BEFORE and AFTER; `asked` counts the
    rows that the new version answered, `matched` those of them that another answered under the same id:
    the `reused` and `contradicting` among them are left out. `lonely` are columns of one side alone.
    """

    frame: pd.DataFrame
    columns: list[str]
    lonely: list[str]
    versions: list[str]
    asked: int
    matched: int
    reused: int
    contradicting: int

    def alike(self, each: list[Agreement]) -> float:
        """Return the share of rows whose answers are alike in all their columns."""
        together = [one.alike for one in each]
        return float(sum(map(all, zip(*together, strict=True))) / len(self.frame)) if together else 0.0


def pairs(files: list[str], wanted: Wanted, version: str) -> Pairs:
    """Return the pairs of a version and those that answered the same requests.

    The files are read twice: which requests are looked for is known only after the first time, and all
    rows of all versions would not fit into memory.
    """
    new = _joined(_of(files, wanted, lambda found: found["version"] == version))
    ids = frozenset(new["request_id"])
    old = _joined(
        _of(files, wanted, lambda found: (found["version"] != version) & found["request_id"].isin(ids))
        if ids
        else ()
    )
    after, before = (sorted(name for name in side.columns if predicted(name)) for side in (new, old))
    both = [name for name in after if name in before]
    lonely = sorted({*after} ^ {*before}) if len(old) else []
    asked = len(new[KEY].drop_duplicates())
    keys = new[KEY].drop_duplicates().merge(old[KEY].drop_duplicates(), on=KEY)
    one, other = _single(new, after), _single(old, before)
    found = other.merge(one, on=KEY, suffixes=(BEFORE, AFTER))
    same = found[INPUTS + BEFORE] == found[INPUTS + AFTER]
    versions = sorted(set(found[same]["version" + BEFORE]), key=lambda name: (len(name), name))
    counts = {"reused": int((~same).sum()), "contradicting": len(keys) - len(found)}
    return Pairs(found[same].reset_index(drop=True), both, lonely, versions, asked, len(keys), **counts)


def _of(files: list[str], wanted: Wanted, chosen: object) -> Iterator[pd.DataFrame]:
    """Yield the chosen rows of all files, their inputs as one number."""
    import pandas as pd

    for file in files:
        for chunk in rows(file, wanted):
            found = chunk[chosen(chunk) & (chunk["request_id"] != "")].copy()  # type: ignore[operator]
            inputs = [_plain(found[name]) for name in sorted(wanted.others) if name in found]
            table = pd.concat(inputs, axis=1) if inputs else pd.DataFrame(index=found.index)
            found[INPUTS] = pd.util.hash_pandas_object(table, index=False) if inputs else 0
            kept = [name for name in found if name in (*KEY, "version", INPUTS) or predicted(str(name))]
            yield found[kept]


def _joined(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    found = [frame for frame in frames if len(frame)]
    empty = pd.DataFrame(columns=[*KEY, "version", INPUTS], dtype=object)
    return pd.concat(found, ignore_index=True).fillna("") if found else empty


def _single(side: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the rows of one side, each once; those that it answered in two ways are left out."""
    once = side.drop_duplicates([*KEY, INPUTS, *columns])
    return once[~once.duplicated(KEY, keep=False)]


def _plain(values: pd.Series[str]) -> pd.Series[str]:
    """Return inputs in one spelling: what one version takes as 1 may be 1.0 to the next."""
    import pandas as pd

    numbers = pd.to_numeric(values, errors="coerce")
    return numbers.astype(float).astype(str).where(numbers.notna(), values)
