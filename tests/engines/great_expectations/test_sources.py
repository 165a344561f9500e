"""Where data may come from: one file, several, a folder, a glob, a URL; and files that are broken."""

import pytest

from tests.conftest_engines import engine
from tests.engines.great_expectations.world import Repository, expect

ROWS = expect("table_row_count_to_be_between", min_value=4, max_value=4)
ORDER = expect("column_values_to_be_increasing", column="id")


@pytest.fixture
def files(repository: Repository) -> Repository:
    repository.write("data/part-b.csv", "id,age\n3,30\n4,40\n")
    repository.write("data/part-a.csv", "id,age\n1,10\n2,20\n")
    repository.write("data/.part-c.csv", "id,age\n9,90\n")
    repository.write("data/notes.txt", "not data")
    return repository


@pytest.mark.parametrize("path", ["data", "data/*.csv", "data/**/part-?.csv"])
def test_several_files_are_one_table_in_the_order_of_their_names(files: Repository, path: str) -> None:
    report = files.judge_files(path, ROWS, ORDER)
    assert (report["verdict"], report["figures"]["files"]) == ("passed", 2)


def test_a_folder_is_read_with_its_subfolders(files: Repository) -> None:
    files.write("data/2024/part-c.csv", "id,age\n5,50\n")
    assert files.judge_files("data", ROWS)["figures"] == {"rows": 5, "files": 3, "evaluated": 1, "failed": 1}


@pytest.mark.parametrize("path", ["memory://lake/", "memory://lake/*.csv", "memory://lake/part-a.csv"])
def test_a_url_may_name_a_file_a_glob_or_a_folder(repository: Repository, path: str) -> None:
    engine("fsspec")
    import fsspec

    for name in ("a", "b"):
        with fsspec.open(f"memory://lake/part-{name}.csv", "w") as stream:
            stream.write("id\n1\n")
    assert repository.judge_files(path)["figures"]["files"] == (1 if path.endswith("a.csv") else 2)


def test_a_column_that_only_some_files_have_is_named_with_the_file(files: Repository) -> None:
    files.write("data/part-c.csv", "id\n5\n")
    report = files.judge_files("data", expect("column_to_exist", column="age"))
    assert (report["verdict"], report["reasons"]) == ("blocked", ["data/part-c.csv has no column age"])


@pytest.mark.parametrize(
    "content",
    [b"id,age\n1,2,3\n2,3,4\n", b"id,age\n1,2\n3,4,5\n", b'id,age\n1,"2\n', b"\xff\xfe\x00\x01", b""],
    ids=["long rows", "one long row", "open quote", "not utf-8", "empty"],
)
def test_a_malformed_csv_blocks_and_is_named(files: Repository, content: bytes) -> None:
    files.write("data/part-c.csv", content)
    report = files.judge_files("data", ROWS, on_failure="warn")
    assert report["verdict"] == "blocked"
    assert report["reasons"][0].startswith("data/part-c.csv is not a csv table: ")


def test_a_damaged_parquet_blocks_and_is_named(repository: Repository) -> None:
    engine("pyarrow")
    import pandas as pd

    (repository.root / "data").mkdir()
    pd.DataFrame({"id": range(1000)}).to_parquet("data/a.parquet")
    whole = (repository.root / "data/a.parquet").read_bytes()
    for content in (whole[:-20], b"PAR1" + b"\0" * 99 + b"PAR1", whole[:50] + b"\0" * 200 + whole[250:]):
        repository.write("data/a.parquet", content)
        report = repository.judge_files("data/a.parquet")
        assert report["verdict"] == "blocked"
        assert report["reasons"][0].startswith("data/a.parquet is not a parquet table: ")


def test_a_byte_order_mark_is_no_part_of_the_first_name(repository: Repository) -> None:
    assert repository.judge("\ufeffid\n1\n", expect("column_to_exist", column="id"))["verdict"] == "passed"
