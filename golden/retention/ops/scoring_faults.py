"""What can be wrong with scores: rows that are lost, or there too often, and predictions that are none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scoring_input import Given
from verdict import counted

if TYPE_CHECKING:
    import pandas as pd

# So many examples of a fault are enough to find its cause.
SHOWN = 5


def wrong_rows(frame: pd.DataFrame, given: Given, key: str) -> Iterator[str]:
    """Say which rows of the input are lost or there too often; by their ids, where they have some."""
    before = given.table.frame
    if len(frame) != given.rows:
        yield f"the input has {given.rows} rows, and the scores have {len(frame)}"
    if key not in before:
        return
    if key not in frame:
        yield f"there is no column {key}: nobody could tell whose scores these are"
        return
    asked, got = names(before[key]).value_counts(), names(frame[key]).value_counts()
    more = got.sub(asked, fill_value=0)
    for phrase, some in (("lost", more[more < 0]), ("there too often", more[more > 0])):
        if len(some):
            shown = ", ".join(map(str, list(some.index)[:SHOWN])) + ", …" * (len(some) > SHOWN)
            yield f"{key}: {len(some)} of {len(asked)} values of the input are {phrase}: {shown}"


def wrong_values(name: str, values: pd.Series[Any], numbers: bool) -> Iterator[str]:
    """Say what of a prediction is none: nulls, infinities, and text where the task is a number."""
    import pandas as pd

    if not len(values):
        return
    if missing := int(values.isna().sum()):
        yield counted(name, missing, len(values), "are missing", [])
    given = values.dropna()
    if given.dtype.kind == "f" and (endless := int((given.abs() == float("inf")).sum())):
        yield counted(name, endless, len(values), "are infinite", [])
    if numbers and not pd.api.types.is_numeric_dtype(given) and len(given):
        bad = given[pd.to_numeric(given, errors="coerce").isna()]
        yield counted(name, len(bad), len(values), "are no numbers", bad.head(SHOWN))


def names(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return ids as text, the same for 7 and 7.0."""
    if values.dtype.kind == "f" and bool((values.dropna() % 1 == 0).all()):
        values = values.astype("Int64")
    return values.astype(str)
