"""The columns that a model has learned from, and whether a table still has them, with their types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring_kinds import head, looks
from suffixes import suffix_of
from tables import Table, find

Columns = Mapping[str, str]


def trained_on(config: Mapping[str, Any]) -> dict[str, str]:
    """Return the columns of the training data with their logical types; empty where no value tells."""
    data = config["data"]
    suffix = suffix_of(data["path"], data["format"])
    first = head(find(data["path"], suffix)[0], suffix)
    return {str(name): data["types"].get(name) or looks(first[name]) for name in first}


def needed(config: Mapping[str, Any], trained: Columns | None, inputs: tuple[str, ...]) -> dict[str, str]:
    """Return the columns that the input must have, with their logical types.

    Those of the training data, or only those of the model's signature where it reads the data as it is;
    and those that the spec declares. Labels and times of training are no features.
    """
    data = config["data"]
    known = dict(trained or {})
    if inputs and set(inputs) <= set(known):
        known = {name: known[name] for name in known if name in {*inputs, data.get("id")}}
    apart = (data.get("target"), data.get("timestamp"))
    return {name: kind for name, kind in {**known, **data["types"]}.items() if name not in apart}


def faults(table: Table, wanted: Columns) -> list[str]:
    """Return what is wrong with a table, one line per fault."""
    frame = table.frame
    if frame.empty:
        return ["the input has no rows"]
    found = [fault["reason"] for fault in table.faults]
    found += [f"{name}: the column is missing" for name in wanted if name not in frame]
    unread = {fault["column"] for fault in table.faults}
    empty = [name for name in wanted if name in frame and name not in unread and frame[name].isna().all()]
    return found + [f"{name}: there is no value in it" for name in empty]
