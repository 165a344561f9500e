"""The scores that a command wrote, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scoring_faults import wrong_rows, wrong_values
from scoring_input import Given
from suffixes import suffix_of
from tables import MalformedError, load

if TYPE_CHECKING:
    import pandas as pd


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
    names, known = ([str(each) for each in table] for table in (frame, given.table.frame))
    predicted = _predicted(names, known)
    found = list(wrong_rows(frame, given, key))
    if not predicted:
        found.append("there is no column prediction")
    for column in [*predicted, *(["probability"] if "probability" in frame else [])]:
        found += wrong_values(column, frame[column], config["model"].get("task") == "regression")
    return Scores(frame, predicted, list(dict.fromkeys(found)))


def _predicted(columns: list[str], before: list[str]) -> list[str]:
    """Return the columns of predictions: `prediction`, else all that the input lacks."""
    if "prediction" in columns:
        return ["prediction"]
    return [name for name in columns if name not in before]
