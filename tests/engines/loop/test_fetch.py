"""New data comes into training once, and only what the suite lets through."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest_engines import engine
from tests.engines.loop.conftest import dvc
from tests.engines.loop.project import Project, rows
from tests.engines.loop.test_dvc_pipeline import SUITE

HEAD = "customer_id,age,spend,churned\n"


def count() -> int:
    """Return the rows of the training data."""
    return len(Path("data/customers.csv").read_text().splitlines()) - 1


def test_new_files_are_appended_once(bare: Project) -> None:
    bare.write("incoming/a.csv", rows(30, seed=1))
    bare.write("incoming/quarantine/bad.csv", rows(30, seed=2))
    report = bare.step("fetch")
    assert (report["verdict"], report["reasons"], count()) == ("fetched", ["incoming/a.csv"], 430)
    assert bare.step("fetch")["verdict"] == "nothing new"
    bare.write("incoming/b.csv", rows(10, seed=3))
    assert bare.step("fetch")["figures"] == {"files": 1}
    # The same name with another content is new.
    bare.write("incoming/a.csv", rows(5, seed=4))
    assert bare.step("fetch")["reasons"] == ["incoming/a.csv"]
    assert count() == 445


def test_old_rows_keep_their_bytes_and_new_ones_their_columns(bare: Project) -> None:
    before = HEAD + '"1",030,"1.50",0'
    bare.write("data/customers.csv", before)
    bare.write("incoming/a.csv", '\ufeffage,churned,customer_id,spend\n50,1,"x,y",2\n\n')
    bare.step("fetch")
    assert Path("data/customers.csv").read_text() == before + '\n"x,y",50,2,1\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("customer_id,age,spend\n1,2,3\n", "a.csv is left out: lacks churned"),
        ("customer_id,age,spend,churned\n1,2,3\n", "a.csv is left out: has 3 fields instead of 4 in row 2"),
        ("", "a.csv is left out: lacks age, churned, customer_id, spend"),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(bare: Project, text: str, said: str) -> None:
    before = Path("data/customers.csv").read_bytes()
    bare.write("incoming/a.csv", text)
    report = bare.step("fetch")
    assert (report["verdict"], said in report["reasons"][0]) == ("blocked", True)
    assert Path("data/customers.csv").read_bytes() == before
    assert not list(Path("data").glob(".*draft*"))


def test_the_first_data_is_made_of_what_came_in(bare: Project) -> None:
    Path("data/customers.csv").unlink()
    bare.write("incoming/a.csv", rows(3, seed=1))
    bare.write("incoming/b.csv", rows(4, seed=2))
    assert bare.step("fetch")["verdict"] == "fetched"
    assert count() == 7


def test_parquet_is_appended(bare: Project) -> None:
    import pandas as pd

    bare.configure(data=bare.config["data"] | {"path": "data/x.parquet", "format": "parquet"})
    Path("incoming").mkdir()
    pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}).to_parquet("data/x.parquet", index=False)
    pd.DataFrame({"b": ["z"], "a": [3]}).to_parquet("incoming/1.parquet", index=False)
    bare.step("fetch")
    assert pd.read_parquet("data/x.parquet").to_dict("list") == {"a": [1, 2, 3], "b": ["x", "y", "z"]}
    pd.DataFrame({"c": [3]}).to_parquet("incoming/2.parquet", index=False)
    assert "lacks a, b and also has c" in bare.step("fetch")["reasons"][0]


def test_a_folder_gets_a_copy_of_each_file(bare: Project) -> None:
    bare.configure(data=bare.config["data"] | {"path": "data"})
    bare.write("incoming/a.csv", rows(3, seed=1))
    assert bare.step("fetch")["verdict"] == "fetched"
    assert bare.step("fetch")["verdict"] == "nothing new"
    names = sorted(file.name for file in Path("data").iterdir())
    assert len(names) == 2
    assert names[0].startswith("a-")


def test_urls_are_read_and_told_apart(bare: Project) -> None:
    fsspec: Any = pytest.importorskip("fsspec")
    bare.configure(data=bare.config["data"] | {"incoming": "memory://in"})
    with fsspec.open("memory://in/a.csv", "w") as stream:
        stream.write(rows(7, seed=1))
    assert bare.step("fetch")["verdict"] == "fetched"
    assert bare.step("fetch")["verdict"] == "nothing new"
    assert count() == 407
    fsspec.filesystem("memory").rm("/in", recursive=True)


def test_nobody_can_append_to_a_url(bare: Project) -> None:
    bare.configure(data=bare.config["data"] | {"path": "memory://there/x.csv"})
    bare.write("incoming/a.csv", rows(3, seed=1))
    assert "give data.fetch" in bare.step("fetch")["reasons"][0]


def test_the_users_own_command(bare: Project) -> None:
    bare.configure(data=bare.config["data"] | {"fetch": "python src/fetch.py"})
    bare.write("src/fetch.py", f"open('data/customers.csv', 'w').write({rows(9)!r})")
    assert bare.step("fetch")["verdict"] == "fetched"
    assert bare.step("fetch")["verdict"] == "nothing new"
    bare.write("src/fetch.py", "raise SystemExit(4)")
    report = bare.step("fetch")
    assert (report["verdict"], "exit code 4" in report["reasons"][0]) == ("error", True)


def test_data_is_new_until_the_pipeline_ran_on_it(bare: Project) -> None:
    bare.write("dvc.yaml", "stages: {}\n")
    assert bare.step("fetch")["verdict"] == "fetched"
    digest = bare.ops["digests"].digest
    lock = {
        "stages": {
            "train": {
                "cmd": "x",
                "deps": [{"path": "data/customers.csv", "md5": digest("data/customers.csv")}],
            }
        }
    }
    bare.write("dvc.lock", json.dumps(lock))
    assert bare.step("fetch")["verdict"] == "nothing new"
    bare.write("incoming/a.csv", rows(3, seed=1))
    assert [bare.step("fetch")["verdict"] for _ in range(2)] == ["fetched", "fetched"]
    assert count() == 403


def test_what_the_suite_blocks_stays_out(bare: Project) -> None:
    engine("great_expectations")
    bare.write("config/suite.json", json.dumps(SUITE))
    before = Path("data/customers.csv").read_bytes()
    bare.write("incoming/a.csv", HEAD + "1,999,1,1\n")
    report = bare.step("fetch")
    assert report["verdict"] == "blocked"
    assert report["reasons"] == [
        "incoming/a.csv is left out: age: 1 of 1 values (100%) are not between 0 and 120: 999"
    ]
    assert Path("data/customers.csv").read_bytes() == before
    bare.write("incoming/a.csv", HEAD + "1,99,1,1\n")
    assert bare.step("fetch")["verdict"] == "fetched"


def test_what_is_bad_only_beside_the_old_rows_stays_out(bare: Project) -> None:
    engine("great_expectations")
    unique = {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "customer_id"}}
    bare.write("config/suite.json", json.dumps(SUITE | {"expectations": [unique]}))
    before = Path("data/customers.csv").read_bytes()
    bare.write("incoming/a.csv", HEAD + "0-1,30,1,1\n")
    report = bare.step("fetch")
    assert (report["verdict"], report["reasons"][-1]) == ("blocked", "left out: incoming/a.csv")
    assert Path("data/customers.csv").read_bytes() == before


def test_a_bad_file_does_not_hold_back_a_good_one(bare: Project) -> None:
    engine("great_expectations")
    bare.write("config/suite.json", json.dumps(SUITE))
    bare.write("incoming/a.csv", HEAD + "1,999,1,1\n")
    bare.write("incoming/b.csv", rows(5, seed=1))
    bare.write("incoming/c.csv", "customer_id,age,spend\n1,2,3\n")
    report = bare.step("fetch")
    assert (report["verdict"], report["figures"], count()) == ("fetched", {"files": 1}, 405)
    assert [line.split(":")[0] for line in report["reasons"]] == [
        "incoming/b.csv",
        "incoming/a.csv is left out",
        "incoming/c.csv is left out",
    ]


def test_a_small_bad_batch_is_not_lost_in_the_whole(bare: Project) -> None:
    engine("great_expectations")
    some = {"column": "age", "mostly": 0.99}
    suite = SUITE | {"expectations": [{"type": "expect_column_values_to_not_be_null", "kwargs": some}]}
    bare.write("config/suite.json", json.dumps(suite))
    bare.write("incoming/a.csv", HEAD + "".join(f"x{n},{n if n else ''},1,1\n" for n in range(4)))
    assert bare.step("fetch")["reasons"] == [
        "incoming/a.csv is left out: age: 1 of 4 values (25%) are null (allowed: 1%)"
    ]


def test_the_dvc_file_is_renewed(bare: Project) -> None:
    engine("dvc")
    bare.write(".dvc/config", "[core]\n    analytics = false\n")
    bare.write(".gitignore", "")
    dvc(bare.root, "add", "-q", "data/customers.csv")
    bare.write("incoming/a.csv", rows(3, seed=1))
    bare.step("fetch")
    assert bare.ops["digests"].digest("data/customers.csv") in Path("data/customers.csv.dvc").read_text()


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("path", ["data/customers.csv", "data"])
def test_killed_anywhere_each_file_comes_in_once(
    bare: Project, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    bare.configure(data=bare.config["data"] | {"path": path})
    incoming, total = bare.ops["incoming"], 400
    for last in range(1, 25):
        left = last

        def mortal(real: Any) -> Any:
            def call(*arguments: Any, **keywords: Any) -> Any:
                nonlocal left
                left -= 1
                if left == 0:
                    raise Killed
                return real(*arguments, **keywords)

            return call

        bare.write(f"incoming/{last}.csv", rows(last, seed=last))
        bare.write(f"incoming/{last}-b.csv", rows(last, seed=last + 100))
        total += 2 * last
        killed = False
        with monkeypatch.context() as patch:
            for name in ("write_json", "_replace", "_draft", "_remove"):
                patch.setattr(incoming, name, mortal(getattr(incoming, name)))
            patch.setattr(incoming.os, "replace", mortal(incoming.os.replace))
            try:
                bare.step("fetch")
            except Killed:
                killed = True
        bare.step("fetch")
        files = [Path(path)] if path.endswith("csv") else list(Path(path).glob("*.csv"))
        assert sum(len(file.read_text().splitlines()) - 1 for file in files) == total
        if not killed:
            assert last > 5
            return
    pytest.fail("fetch made more steps than were tried")
