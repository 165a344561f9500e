"""What pandas reads without a word and nobody means."""

import pytest

from tests.engines.great_expectations.world import Repository, expect


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("age,age\n1,2\n", "the column age stands there 2 times"),
        ("age,plan\n1,pro\n2\n3,basic\n", "line 3 has 1 fields instead of 2"),
        ('age,plan\n1,"a\nb"\n2\n', "line 4 has 1 fields instead of 2"),
    ],
)
def test_a_csv_that_pandas_would_bend_is_blocked(repository: Repository, text: str, says: str) -> None:
    report = repository.judge(text, expect("column_to_exist", column="age"))
    assert report["verdict"] == "blocked"
    assert says in report["reasons"][0]


def test_an_empty_last_field_is_a_null_and_no_short_row(repository: Repository) -> None:
    report = repository.judge("age,plan\n1,\n2,pro\n", expect("column_to_exist", column="age"))
    assert report["verdict"] == "passed"
