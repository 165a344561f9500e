"""ops/validate.py as a user and CI run it: exit codes, outputs, reports, Data Docs, start-up."""

import json
import subprocess
import sys

import pytest

from tests.engines.great_expectations.world import PROGRAMS, Repository, expect

ADULT = expect("column_values_to_be_between", column="age", min_value=18)


def test_a_block_exits_3_and_names_the_fault_the_figures_and_the_docs(repository: Repository) -> None:
    repository.suite(ADULT)
    repository.write("data/customers.csv", "id,age\n1,7\n2,30\n")
    output = repository.write("github_output", "earlier=1\n")
    code, said = repository.run(GITHUB_OUTPUT=str(output))
    assert code == 3
    assert said.splitlines() == [
        "Data Docs: reports/data_docs/index.html",
        "age: 1 of 2 values (50%) are not at least 18: 7",
        "validate: blocked (rows 2, files 1, evaluated 1, failed 1)",
    ]
    assert output.read_text() == "earlier=1\nverdict=blocked\nversion=\n"
    pages = [page.read_text() for page in repository.root.glob("reports/data_docs/validations/**/*.html")]
    assert len(pages) == 1
    assert "greater than or equal to" in pages[0]


def test_a_missing_file_exits_2_in_one_line_and_no_old_report_stays(repository: Repository) -> None:
    repository.suite(ADULT)
    repository.write("reports/validate.json", json.dumps({"verdict": "passed"}))
    assert repository.run("--data", "data/none.csv") == (
        2,
        "FileNotFoundError: no csv file matches data/none.csv\nvalidate: error\n",
    )
    assert repository.report()["verdict"] == "error"


def test_a_missing_suite_is_an_error(repository: Repository) -> None:
    assert repository.ops["validate"].main([]) == 2
    assert "config/suite.json" in repository.report()["reasons"][0]


def test_a_bug_is_an_error_with_its_traceback(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(repository.ops["validate"], "find", lambda *_: 1 // 0)
    repository.suite(ADULT)
    assert repository.ops["validate"].main([]) == 2
    assert repository.report()["reasons"] == ["ZeroDivisionError: integer division or modulo by zero"]
    assert "Traceback" in caplog.text


def test_a_killed_run_leaves_no_report_of_an_earlier_one(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> list[str]:
        raise SystemExit(9)

    repository.suite(ADULT)
    repository.write("reports/validate.json", "{}")
    monkeypatch.setattr(repository.ops["validate"], "find", killed)
    with pytest.raises(SystemExit):
        repository.ops["validate"].main([])
    assert not (repository.root / "reports/validate.json").exists()


def test_equal_data_gives_equal_report_bytes(repository: Repository) -> None:
    mean = expect("column_mean_to_be_between", column="void", max_value=1)
    reports = set()
    for _ in range(2):
        repository.judge("id,age,void\n1,7,\n2,30,\n", ADULT, mean)
        reports.add((repository.root / "reports/validate.json").read_bytes())
    assert len(reports) == 1
    assert b"NaN," not in reports.pop()


def test_data_takes_the_place_of_the_path_in_the_suite(repository: Repository) -> None:
    repository.suite(ADULT)
    repository.write("other.csv", "age\n30\n")
    assert repository.ops["validate"].main(["--data", "other.csv", "--no-docs"]) == 0
    assert not (repository.root / "reports/data_docs").exists()


def test_docs_hold_the_last_run_only(repository: Repository) -> None:
    repository.suite(ADULT)
    repository.write("data/customers.csv", "age\n30\n")
    for _ in range(2):
        assert repository.ops["validate"].main([]) == 0
    assert len(list(repository.root.glob("reports/data_docs/validations/**/*.html"))) == 1


def test_help_imports_nothing_heavy() -> None:
    heavy = {"pandas", "numpy", "great_expectations", "fsspec", "pyarrow"}
    code = (
        f"import sys; sys.path[:0] = {sorted({str(file.parent) for file in PROGRAMS})!r}\n"
        "import validate, watch\n"
        "try: validate.main(['--help'])\n"
        f"except SystemExit: print(sorted({heavy!r} & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"
