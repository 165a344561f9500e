"""The scores that a command wrote, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scoring_input import Given
from tables import MalformedError, load, suffix_of
from verdict import counted

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 5


@dataclass(frozen=True)
class Scores:
    """A table of scores, which of its columns are predictions, and what is wrong with it."""

    frame: pd.DataFrame
    predicted: list[str]
    faults: list[str]

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.frame)


def read(config: dict[str, Any], draft: Path, name: str, given: Given) -> Scores:
    """Return the scores in a draft that is to become `name`; raise MalformedError for what is no table."""
    suffix = suffix_of(name, config["data"]["format"])
    key = config["data"].get("id", "")
    # Read as in the input: 007 is 7 only where it was so there.
    types = {key: given.types[key]} if key in given.types else {}
    try:
        frame = load([str(draft)], suffix, types).frame
    except MalformedError as fault:
        # The draft has a name of its own, which nobody knows.
        raise MalformedError(str(fault).replace(str(draft), name)) from fault
    predicted = _predicted(list(frame), list(given.table.frame))
    found = list(_wrong_rows(frame, given, key))
    if not predicted:
        found.append("there is no column prediction")
    for column in [*predicted, *(["probability"] if "probability" in frame else [])]:
        found += _wrong_values(column, frame[column], config["model"].get("task") == "regression")
    return Scores(frame, predicted, list(dict.fromkeys(found)))


def _predicted(columns: list[str], before: list[str]) -> list[str]:
    """Return the columns of predictions: `prediction`, else all that the input lacks."""
    if "prediction" in columns:
        return ["prediction"]
    return [name for name in columns if name not in before]


def _wrong_rows(frame: pd.DataFrame, given: Given, key: str) -> Iterator[str]:
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


def _wrong_values(name: str, values: pd.Series[Any], numbers: bool) -> Iterator[str]:
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
