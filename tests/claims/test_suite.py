"""Short forms of the spec become expectations of Great Expectations; any other goes by its own name."""

import pytest

from tests.claims.compiling import data

ROWS = {"min_value": 1}
EXISTS = ("expect_column_to_exist", {"column": "a"})
SHORT = [
    ("nulls: forbidden", [("not_be_null", {})]),
    ("nulls: 2%", [("not_be_null", {"mostly": 0.98})]),
    ("nulls: allowed", []),
    ("unique: true", [("be_unique", {})]),
    ("between: [0, 120]", [("be_between", {"min_value": 0, "max_value": 120})]),
    ("min: 3", [("be_between", {"min_value": 3})]),
    ("max: 3", [("be_between", {"max_value": 3})]),
    ("in: [x, y]", [("be_in_set", {"value_set": ["x", "y"]})]),
    ("matches: ^x", [("match_regex", {"regex": "^x"})]),
    ("between: [0, 9], mostly: 90%", [("be_between", {"min_value": 0, "max_value": 9, "mostly": 0.9})]),
    (
        "nulls: forbidden, unique: true, mostly: 90%",
        [("not_be_null", {}), ("be_unique", {"mostly": 0.9})],
    ),
]


def expectations(text: str) -> list[tuple[str, dict[str, object]]]:
    return [(each["type"], each["kwargs"]) for each in data(f"validation: {{{text}}}")["expectations"]]


@pytest.mark.parametrize(("rules", "made"), SHORT)
def test_short_forms(rules: str, made: list[tuple[str, dict[str, object]]]) -> None:
    found = expectations(f"columns: {{a: {{{rules}}}}}")
    assert found[:2] == [("expect_table_row_count_to_be_between", ROWS), EXISTS]
    assert found[2:] == [(f"expect_column_values_to_{name}", {"column": "a", **kw}) for name, kw in made]


@pytest.mark.parametrize(
    ("rows", "bounds"),
    [
        ("min: 0", {"min_value": 1}),
        ("min: 7", {"min_value": 7}),
        ("max: 9", {"min_value": 1, "max_value": 9}),
    ],
)
def test_a_table_has_at_least_one_row_whatever_the_spec_says(rows: str, bounds: dict[str, int]) -> None:
    assert expectations(f"rows: {{{rows}}}") == [("expect_table_row_count_to_be_between", bounds)]


def test_any_expectation_by_its_own_name() -> None:
    own = "{type: expect_column_pair_values_a_to_be_greater_than_b, column_A: x, column_B: y, or_equal: true}"
    assert expectations(f"expectations: [{own}]")[1:] == [
        (
            "expect_column_pair_values_a_to_be_greater_than_b",
            {"column_A": "x", "column_B": "y", "or_equal": True},
        )
    ]


def test_what_the_program_adds_to_great_expectations() -> None:
    columns = "{a: {type: integer}, b: {nulls: forbidden}, c: {unique: true}, d: {}, e: {between: [0, 9]}}"
    assert data(f"validation: {{on_failure: warn, columns: {columns}}}")["meta"] == {
        "data": {"path": "data/customers.csv", "format": "csv"},
        "on_failure": "warn",
        "types": {"a": "integer", "e": "number"},
        "checked": ["a", "c", "e"],
    }
