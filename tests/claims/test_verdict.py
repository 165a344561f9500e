"""ops/verdict.py: reports are whole or not there, exit codes say what happened, CI learns the verdict."""

import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PROGRAM = Path(__file__).parents[2] / "templates" / "repository" / "ops" / "verdict.py"


@pytest.fixture
def verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    spec = importlib.util.spec_from_file_location("verdict_under_test", PROGRAM)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "verdict_under_test", module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("word", "code"),
    [("passed", 0), ("warned", 0), ("blocked", 3), ("refused", 3), ("drift", 3), ("error", 2)],
)
def test_exit_codes_and_the_step_output(
    verdict: ModuleType, monkeypatch: pytest.MonkeyPatch, word: str, code: int
) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", "output")
    assert verdict.run("drift", lambda: verdict.Outcome(word, {"rows": 3}, ["why"])) == code
    assert json.loads(Path("reports/drift.json").read_text()) == {
        "step": "drift", "verdict": word, "figures": {"rows": 3}, "reasons": ["why"], "results": [],
    }  # fmt: skip
    assert Path("output").read_text() == f"verdict={word}\nversion=\n"


def test_an_exception_is_the_verdict_error(verdict: ModuleType) -> None:
    def broken() -> Any:
        raise ValueError("no such thing")

    assert verdict.run("drift", broken) == 2
    assert json.loads(Path("reports/drift.json").read_text())["reasons"] == ["ValueError: no such thing"]


def test_the_report_of_an_earlier_run_is_gone_while_a_step_works(verdict: ModuleType) -> None:
    Path("reports").mkdir()
    Path("reports/drift.json").write_text("{}")
    there: list[bool] = []
    verdict.run(
        "drift", lambda: there.append(Path("reports/drift.json").exists()) or verdict.Outcome("passed")
    )
    assert there == [False]


def test_a_reader_sees_the_old_report_or_the_whole_new_one(
    verdict: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen, replace = Path("a.json"), [], os.replace
    verdict.write_json(path, {"run": 1})
    monkeypatch.setattr(os, "replace", lambda *given: (seen.append(path.read_text()), replace(*given)))
    verdict.write_json(path, {"run": 2})
    assert [json.loads(text) for text in (*seen, path.read_text())] == [{"run": 1}, {"run": 2}]


def test_ignores_live_in_the_folder_that_we_make(verdict: ModuleType) -> None:
    verdict.run("drift", lambda: verdict.Outcome("passed"))
    assert sorted(path.as_posix() for path in Path().rglob("*") if path.is_file()) == [
        "reports/.gitignore",
        "reports/drift.json",
    ]
    assert Path("reports/.gitignore").read_text() == "*\n"
