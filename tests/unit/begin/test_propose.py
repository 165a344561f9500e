"""The proposal as text: each line is marked, and each name and value survives YAML."""

from collections.abc import Sequence
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from mlopsc.begin.propose import MARK, validation
from mlopsc.begin.table import Table, UnusableData
from mlopsc.source import read_document

ODD = [
    "a b", "it's", 'say "hi"', "on", "no", "null", "1", "1e3", "12:30", "2024-01-01", "é", "日本", "🙂", "<<",
    "a: b", "#x", "~", "&a", "*b", "!t", "%h", "@g", "`i", "[d]", "{c}", "x,y", "-", "- e", "? f", "|", ">",
    "a\u200bb", "$name", "${id}",
]  # fmt: skip


def table(names: Sequence[str], *columns: Sequence[str], whole: bool = True) -> Table:
    return Table(tuple(names), tuple(map(tuple, columns)), whole)


def read(text: str) -> Any:
    """What both our reader and a YAML 1.1 reader find in the proposal."""
    found = read_document(text.encode(), "").root.data()
    assert found == yaml.safe_load(text)
    return found["validation"]


def test_text() -> None:
    found = validation(table(["id", "plan", "none"], ["1", "2", "3"] * 1, ["a", "a", "a"], ["", "", ""]))
    assert found == (
        "# Level 1: what must hold of the data, proposed from the 3 rows that were there.\n"
        "validation:\n"
        "  rows: {min: 3}                                                              # check me\n"
        "  columns:  # a listed column must exist\n"
        "    id: {type: integer, nulls: forbidden, unique: true}                       # check me\n"
        "    plan: {type: string, nulls: forbidden, in: [a]}                           # check me\n"
        "    none: {nulls: allowed}                                                    # check me"
        ": it has no value yet\n"
    )


def test_each_proposed_line_is_marked() -> None:
    lines = validation(table(ODD, *[["a", "b"]] * len(ODD))).splitlines()
    plain = [line for line in lines if MARK not in line]
    assert len(lines) - len(plain) == len(ODD) + 1
    assert [line.split("#")[0].strip() for line in plain] == ["", "validation:", "columns:"]


def test_odd_names() -> None:
    found = read(validation(table(ODD, *[["a", "b"]] * len(ODD))))
    assert list(found["columns"]) == ODD


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=4, unique=True))
def test_any_value_survives(values: list[str]) -> None:
    cells = [value for value in values for _ in range(3)]
    column = read(validation(table(["x"], cells)))["columns"]["x"]
    assert set(column.get("in", values)) <= set(values)


@pytest.mark.parametrize("name", ["", " ", " padded", "tab\tname", "two\nlines", "x" * 501, "🙂" * 400])
def test_a_name_that_no_spec_can_hold_is_left_out_and_said(name: str) -> None:
    text = validation(table([name, "kept"], ["1"], ["2"]))
    assert list(read(text)["columns"]) in (["kept"], [name, "kept"])
    assert ("is left out: a spec cannot hold its name" in text) is (name not in read(text)["columns"])


def test_no_usable_name_at_all() -> None:
    with pytest.raises(UnusableData, match="no column with a name that a spec can hold"):
        validation(table([" "], ["1"]))


@pytest.mark.parametrize(("rows", "least"), [(1, 1), (9, 9), (10, 10), (237, 200), (1999, 1000)])
def test_rows_are_rounded_down(rows: int, least: int) -> None:
    assert read(validation(table(["x"], ["1"] * rows)))["rows"] == {"min": least}


def test_a_part_of_the_rows_is_said() -> None:
    assert "proposed from the first 2 rows" in validation(table(["x"], ["1", "2"], whole=False))
