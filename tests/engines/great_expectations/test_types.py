"""Logical types: what can be read, what cannot, and that the rest of a column is still checked."""

import datetime as dt
from typing import Any

import pytest

from tests.conftest_engines import engine
from tests.engines.great_expectations.world import Repository, expect


@pytest.mark.parametrize(
    ("logical", "values", "unreadable"),
    [
        ("integer", ["1", "-2", "3.0", ""], []),
        (
            "integer",
            ["1", "1.5", "abc", "inf", "99999999999999999999"],
            ["1.5", "abc", "inf", "99999999999999999999"],
        ),
        ("number", ["1", "1.5", "-2e3", ""], []),
        ("number", ["1", "1,5", "x"], ["1,5", "x"]),
        ("boolean", ["true", "FALSE", "True", "0", "1", ""], []),
        ("boolean", ["1", "0", ""], []),
        ("boolean", ["true", "yes", "2"], ["yes", "2"]),
        ("timestamp", ["2024-01-31", "2024-01-31T10:00:00Z", "2024-01-31 10:00:00+01:00", ""], []),
        ("timestamp", ["2024-01-31", "31.01.2024", "2024-02-30"], ["31.01.2024", "2024-02-30"]),
        ("string", ["007", "NA", "1.0", ""], []),
    ],
)
def test_a_csv_value_that_is_not_of_its_type_is_counted_and_named(
    repository: Repository, logical: str, values: list[str], unreadable: list[str]
) -> None:
    text = "id,x\n" + "".join(f'{i},"{value}"\n' for i, value in enumerate(values))
    report = repository.judge(
        text, expect("column_to_exist", column="x"), types={"x": logical}, on_failure="warn"
    )
    total, bad = sum(value != "" for value in values), len(unreadable)
    counts = f"{bad} of {total} values ({100 * bad / total:.3g}%)"
    line = f"x: {counts} cannot be read as {logical}: {', '.join(unreadable)}"
    assert report["reasons"] == ([line] if unreadable else [])
    assert report["verdict"] == ("warned" if unreadable else "passed")


def test_the_readable_values_of_a_column_are_still_checked(repository: Repository) -> None:
    between = expect("column_values_to_be_between", column="age", min_value=0)
    nulls = expect("column_values_to_not_be_null", column="age")
    report = repository.judge("id,age\n1,abc\n2,-4\n3,30\n", between, nulls, types={"age": "integer"})
    assert report["reasons"] == [
        "age: 1 of 3 values (33.3%) cannot be read as integer: abc",
        "age: 1 of 2 values (50%) are not at least 0: -4",
    ]


def test_a_real_null_beside_an_unreadable_value_is_counted_alone(repository: Repository) -> None:
    nulls = expect("column_values_to_not_be_null", column="age", mostly=0.9)
    report = repository.judge("id,age\n1,abc\n2,\n3,30\n", nulls, types={"age": "integer"})
    assert report["reasons"][1] == "age: 1 of 3 values (33.3%) are null (allowed: 10%)"


def test_at_most_five_examples_are_named_each_once(repository: Repository) -> None:
    text = "x\n" + "".join(f"{letter}\n" for letter in "aabcdefg")
    report = repository.judge(text, types={"x": "integer"})
    assert report["reasons"] == ["x: 8 of 8 values (100%) cannot be read as integer: a, b, c, d, e"]


def test_wide_integers_keep_every_digit_beside_nulls(repository: Repository) -> None:
    unique = expect("column_values_to_be_unique", column="id")
    text = "id,x\n9007199254740992,1\n9007199254740993,1\n,1\n"
    assert repository.judge(text, unique, types={"id": "integer"})["verdict"] == "passed"


def test_an_integer_column_with_nulls_can_be_compared_with_another(repository: Repository) -> None:
    pair = expect("column_pair_values_a_to_be_greater_than_b", column_A="a", column_B="b")
    types = {"a": "integer", "b": "integer"}
    keep = {"ignore_row_if": "either_value_is_missing"}
    pair["kwargs"] |= keep
    assert repository.judge("a,b\n2,1\n,1\n3,\n", pair, types=types)["verdict"] == "passed"


def test_a_declared_string_keeps_its_zeros_and_namibia(repository: Repository) -> None:
    code = expect("column_values_to_match_regex", column="code", regex="^00")
    country = expect("column_values_to_be_in_set", column="country", value_set=["NA", "DE"])
    nulls = expect("column_values_to_not_be_null", column="country")
    types = {"code": "string", "country": "string"}
    text = "code,country\n007,NA\n008,DE\n"
    assert repository.judge(text, code, country, nulls, types=types)["verdict"] == "passed"


def test_bounds_of_timestamps_are_times_in_utc(repository: Repository) -> None:
    since = expect("column_values_to_be_between", column="t", min_value="2024-01-01", max_value="2024-12-31")
    report = repository.judge("t\n2024-01-01T00:30:00+01:00\n2024-01-01\n", since, types={"t": "timestamp"})
    assert report["reasons"] == [
        "t: 1 of 2 values (50%) are not between 2024-01-01 00:00:00 and 2024-12-31 00:00:00: "
        "2023-12-31 23:30:00"
    ]


@pytest.mark.parametrize(
    ("logical", "values", "unreadable"),
    [
        ("integer", [1, 2, None], 0),
        ("integer", [1.0, 2.5], 1),
        ("integer", ["1", "2"], 2),
        ("integer", [True, False], 2),
        ("number", [1.5, None], 0),
        ("number", ["1.5"], 1),
        ("string", ["a", None], 0),
        ("string", [1, 2], 2),
        ("boolean", [True, None], 0),
        ("boolean", [1, 0], 2),
        ("timestamp", [dt.datetime(2024, 1, 1), None], 0),
        ("timestamp", [dt.date(2024, 1, 1)], 0),
        ("timestamp", ["2024-01-01"], 1),
    ],
)
def test_a_parquet_column_must_hold_its_type(
    repository: Repository, logical: str, values: list[Any], unreadable: int
) -> None:
    engine("pyarrow")
    import pandas as pd

    (repository.root / "data").mkdir()
    pd.DataFrame({"x": values, "id": 1}).to_parquet("data/a.parquet")
    report = repository.judge_files("data/a.parquet", types={"x": logical})
    assert [fault["unexpected_count"] for fault in report["results"]] == ([unreadable] if unreadable else [])
