"""What blocks, what warns, what is an error; and that nothing unchecked ever passes."""

from typing import Any

import pytest

from tests.engines.great_expectations.world import Repository, expect

AGES = "id,age\n1,30\n2,40\n3,50\n"
ROWS = expect("table_row_count_to_be_between", min_value=1)
ADULT = expect("column_values_to_be_between", column="age", min_value=18, max_value=120)


def test_good_data_passes_with_figures(repository: Repository) -> None:
    report = repository.judge(AGES, ROWS, ADULT, types={"age": "integer"}, checked=["age"])
    assert report["verdict"] == "passed"
    assert report["figures"] == {"rows": 3, "files": 1, "evaluated": 2, "failed": 0}
    assert [(r["type"], r["column"], r["success"]) for r in report["results"]] == [
        ("expect_table_row_count_to_be_between", "table", True),
        ("expect_column_values_to_be_between", "age", True),
    ]


@pytest.mark.parametrize(
    ("expectation", "reason"),
    [
        (ADULT, "age: 3 of 4 values (75%) are not between 18 and 120: -4, 130, 999"),
        (
            expect("column_values_to_be_between", column="age", min_value=18),
            "age: 1 of 4 values (25%) are not at least 18: -4",
        ),
        (
            expect("column_values_to_be_between", column="age", max_value=200),
            "age: 1 of 4 values (25%) are not at most 200: 999",
        ),
        (
            expect("column_values_to_not_be_null", column="email", mostly=0.9),
            "email: 2 of 4 values (50%) are null (allowed: 10%)",
        ),
        (
            expect("column_values_to_match_regex", column="email", regex=r"^\w{1,9}@\w+$", mostly=0.9),
            r"email: 1 of 2 values (50%) do not match ^\w{1,9}@\w+$ (allowed: 10%): nobody",
        ),
        (
            expect("column_values_to_be_in_set", column="plan", value_set=["basic", "pro"]),
            "plan: 1 of 4 values (25%) are not one of basic, pro: gold",
        ),
        (
            expect("column_values_to_be_unique", column="plan"),
            "plan: 2 of 4 values (50%) are not unique: pro",
        ),
        (expect("table_row_count_to_be_between", min_value=9), "table: 4 rows, not at least 9"),
        (expect("column_to_exist", column="gone"), "gone: the column is missing"),
        (
            expect("column_mean_to_be_between", column="age", max_value=100),
            "age: expect_column_mean_to_be_between found 288.75, not at most 100",
        ),
        (
            expect("column_pair_values_a_to_be_greater_than_b", column_A="age", column_B="id"),
            "age, id: 1 of 4 values (25%) fail expect_column_pair_values_a_to_be_greater_than_b: (-4, 1)",
        ),
    ],
)
def test_a_failed_expectation_says_what_it_found(
    repository: Repository, expectation: dict[str, Any], reason: str
) -> None:
    text = "id,age,plan,email\n1,-4,pro,a@b\n2,130,pro,nobody\n3,999,gold,\n4,30,basic,\n"
    report = repository.judge(text, expectation)
    assert (report["verdict"], report["reasons"]) == ("blocked", [reason])


def test_on_failure_warn_lets_a_failed_check_pass_with_a_warning(repository: Repository) -> None:
    report = repository.judge("id,age\n1,3\n", ADULT, on_failure="warn")
    assert (report["verdict"], len(report["reasons"])) == ("warned", 1)


@pytest.mark.parametrize(
    ("text", "expectation", "reason"),
    [
        (AGES, expect("column_values_to_be_sane", column="age"), "Great Expectations knows no such"),
        ("id,age\n", ADULT, "the data has no rows"),
        ("id,age\n1,\n2,\n", ADULT, "age: there is no value to check"),
        ("id,age\n1,thirty\n", ADULT, "age: expect_column_values_to_be_between could not be checked: Column"),
        ('id,age\n1,2,3\n"', ADULT, "data/customers.csv is not a csv table: "),
        ("id,age\n1,2,3\n2,3,4\n", ADULT, "data/customers.csv is not a csv table: Length of header"),
        ("", ADULT, "data/customers.csv is not a csv table: No columns"),
    ],
)
def test_what_could_not_be_checked_blocks_even_where_failures_only_warn(
    repository: Repository, text: str, expectation: dict[str, Any], reason: str
) -> None:
    report = repository.judge(text, expectation, on_failure="warn", checked=["age"])
    assert report["verdict"] == "blocked"
    assert reason in "\n".join(report["reasons"])


def test_fewer_evaluations_than_expectations_block(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = repository.ops["validate"].Validator.full
    monkeypatch.setattr(repository.ops["validate"].Validator, "full", lambda *given: full(*given)[1:])
    report = repository.judge(AGES, ROWS, ADULT, on_failure="warn")
    assert report["reasons"] == ["1 expectations were evaluated instead of 2"]
    assert report["verdict"] == "blocked"


def test_a_missing_column_is_one_reason_however_many_checks_it_fails(repository: Repository) -> None:
    nulls = expect("column_values_to_not_be_null", column="gone")
    pair = expect("column_pair_values_to_be_equal", column_A="id", column_B="gone")
    report = repository.judge(AGES, expect("column_to_exist", column="gone"), nulls, pair)
    assert (report["verdict"], report["reasons"]) == ("blocked", ["gone: the column is missing"])


@pytest.mark.parametrize("path", ["data/none.csv", "data/*.csv", "empty"])
def test_no_file_is_an_error(repository: Repository, path: str) -> None:
    (repository.root / "empty").mkdir()
    report = repository.judge_files(path, ADULT)
    assert report["verdict"] == "error"
    assert report["reasons"] == [f"FileNotFoundError: no csv file matches {path}"]


def test_keywords_that_an_expectation_refuses_are_an_error(repository: Repository) -> None:
    report = repository.judge(AGES, expect("column_values_to_be_between", column="age", min=3, max_value=4))
    assert report["verdict"] == "error"
    assert "extra fields not permitted" in report["reasons"][0]


def test_results_are_in_the_order_of_the_suite(repository: Repository) -> None:
    exists = [expect("column_to_exist", column=name) for name in ("id", "age")]
    report = repository.judge(AGES, ADULT, *exists, ROWS)
    assert [result["column"] for result in report["results"]] == ["age", "id", "age", "table"]
