"""What is proposed for a column, and that the column passes it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlopsc.begin.profile import EMAIL, Rules, profile
from mlopsc.begin.table import Table
from mlopsc.begin.values import NULLS, is_header, logical_type


def rules(*cells: str, name: str = "column") -> Rules:
    return profile(Table((name,), (cells,), True))[0]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["0", "-7", "+5", "9223372036854775807"], "integer"),
        (["1", "NA", "", "null"], "integer"),
        (["1", "2.5", ".5", "1.", "1e-3"], "number"),
        (["true", "FALSE", ""], "boolean"),
        (["2024-01-31", "2024-01-31T10:00:00Z", "2024-01-31 10:00:00.5+02:00"], "timestamp"),
        (["007", "1"], "string"),
        (["9223372036854775808"], "string"),
        (["1e999"], "string"),
        (["inf"], "string"),
        (["1_000"], "string"),
        (["٣"], "string"),
        ([" 3"], "string"),
        (["2024-02-30"], "string"),
        (["1600-01-01"], "string"),
        (["20240131"], "integer"),
        (["12:30"], "string"),
        (["yes", "no"], "string"),
        (["", "NA", "nan"], None),
        ([], None),
    ],
)
def test_logical_type(values: list[str], kind: str | None) -> None:
    assert logical_type(values) == kind


@pytest.mark.parametrize(
    ("cells", "named"),
    [(["1", "id"], True), (["NA"], True), (["1", "2.5", "true"], False), (["", ""], False)],
)
def test_is_header(cells: Sequence[str], named: bool) -> None:
    assert is_header(cells) is named


@pytest.mark.parametrize(
    ("cells", "between"),
    [
        (["18", "79", "44"], (10, 80)),
        (["0", "1"], (0, 1)),
        (["5", "5"], (5, 5)),
        (["0", "0"], (0, 0)),
        (["-3.7", "12.2"], (-10, 20)),
        (["0.12", "0.38"], (0.1, 0.4)),
        (["1000000.1", "1000000.2"], (1000000.1, 1000000.2)),
        (["1e-7", "3e-7"], (1e-7, 3e-7)),
        (["1.7e308", "0.5"], None),
    ],
)
def test_bounds_are_rounded_outwards(cells: list[str], between: tuple[float, float] | None) -> None:
    assert rules(*cells).between == between


@given(st.lists(st.floats(-1e300, 1e300) | st.integers(-(2**62), 2**62), min_size=1))
def test_bounds_hold_every_value(numbers: list[float]) -> None:
    between = rules(*map(repr, numbers)).between
    assert between is not None
    assert all(between[0] <= number <= between[1] for number in numbers)


@pytest.mark.parametrize(
    ("missing", "rows", "share"),
    [(0, 200, "forbidden"), (1, 200, "1%"), (4, 200, "3%"), (99, 200, "50%"), (198, 200, "allowed")],
)
def test_nulls_are_rounded_up(missing: int, rows: int, share: str) -> None:
    assert rules(*[""] * missing, *["x"] * (rows - missing)).nulls == share


def test_a_column_without_any_value_has_no_rules() -> None:
    assert rules("", "NA") == Rules("column", None)


def test_na_is_a_value_of_a_column_of_text() -> None:
    found = rules(*["NA", "DE", "FR"] * 4)
    assert found.allowed == ("DE", "FR", "NA")
    assert found.nulls == "forbidden"
    assert "NA" in NULLS


@pytest.mark.parametrize(
    "name", ["id", "customer_id", "customerId", "Customer ID", "order-id", "uuid", "row.key"]
)
def test_identifies(name: str) -> None:
    assert rules("1", "2", name=name).unique
    assert rules("a", "b", name=name).unique


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("paid", ["1", "2"]),
        ("number", ["1", "2"]),
        ("id", ["1", "1"]),
        ("id", ["1", "+1"]),
        ("id", ["1", ""]),
        ("id", ["1.5", "2.5"]),
    ],
)
def test_identifies_not(name: str, cells: list[str]) -> None:
    assert not rules(*cells, name=name).unique


def test_few_values_met_often_are_categories() -> None:
    assert rules(*["pro", "basic", "pro"] * 2).allowed == ("basic", "pro")


@pytest.mark.parametrize(
    "cells", [["a", "b", "c"], [str(n) + "x" for n in range(13)] * 3, ["x" * 41] * 3, ["a\tb"] * 3]
)
def test_other_text_has_no_categories(cells: list[str]) -> None:
    found = rules(*cells)
    assert (found.type, found.allowed) == ("string", ())


def test_mail_addresses() -> None:
    assert rules("a@b.c", "d@e.f", "").matches == EMAIL
    assert rules("a@b.c", "d at e.f").matches == ""
