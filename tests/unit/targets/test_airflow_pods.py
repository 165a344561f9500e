"""What a task of Airflow does in its pod: ops/task.py around programs that are scripts."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trees import ROOT

PROGRAM = """\
import json, os, pathlib, sys
verdict, code = sys.argv[1:3]
pathlib.Path("reports/work.json").write_text(json.dumps({"verdict": verdict, "reasons": ["why"]}))
pathlib.Path("version").write_text(os.environ.get("VERSION", ""))
sys.exit(int(code))
"""
NOTIFY = "def main(words):\n    open('told', 'a').write(' '.join(words))\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository with the program and one that it runs."""
    (tmp_path / "ops").mkdir()
    (tmp_path / "reports").mkdir()
    shutil.copy(ROOT / "templates/airflow/ops/task.py", tmp_path / "ops")
    (tmp_path / "ops/work.py").write_text(PROGRAM)
    (tmp_path / "ops/notify.py").write_text(NOTIFY)
    return tmp_path


def task(root: Path, *options: str, last: tuple[str, ...] = (), **environment: str) -> int:
    """Return the exit code of a task; `last` is what the program is given."""
    command = [sys.executable, "ops/task.py", "--says=work", *options, "ops/work.py", "--", *last]
    done = subprocess.run(
        command, cwd=root, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


def told(root: Path) -> str:
    """Return what people were told."""
    return (root / "told").read_text() if (root / "told").exists() else ""


def report(root: Path, name: str, verdict: str, **figures: int) -> None:
    """Leave the report of another program."""
    (root / f"reports/{name}.json").write_text(json.dumps({"verdict": verdict, "figures": figures}))


def test_its_exit_code_is_that_of_the_program(root: Path) -> None:
    assert [task(root, last=("x", str(code))) for code in (0, 2, 3)] == [0, 2, 3]


def test_a_result_is_no_stop_and_is_told_all_the_same(root: Path) -> None:
    assert task(root, "--judged", last=("drift", "3")) == 0
    assert told(root) == "--title=work: drift --text=why --severity=warning"


def test_what_is_no_news_is_told_to_nobody(root: Path) -> None:
    assert task(root, "--quiet", last=("not due", "3")) == 3
    assert not told(root)


@pytest.mark.parametrize(("tries", "tells"), [("1/3", False), ("2/3", False), ("3/3", True)])
def test_a_failure_is_told_when_it_is_not_tried_again(root: Path, tries: str, tells: bool) -> None:
    assert task(root, last=("error", "2"), TRY=tries) == 2
    assert bool(told(root)) is tells


def test_it_waits_for_a_verdict_of_another(root: Path) -> None:
    report(root, "verify", "refused")
    assert task(root, "--needs=verify=done,promoted", last=("x", "0")) == 3
    assert not (root / "version").exists()
    report(root, "verify", "done")
    assert task(root, "--needs=verify=done,promoted", last=("x", "0")) == 0


def test_the_version_is_that_of_a_report(root: Path) -> None:
    report(root, "register", "passed", version=12)
    assert task(root, "--version-of=register", last=("x", "0")) == 0
    assert (root / "version").read_text() == "12"


def test_without_anybody_to_tell_nobody_is(root: Path) -> None:
    (root / "ops/notify.py").unlink()
    assert task(root, last=("refused", "3")) == 3


def test_news_runs_no_program_and_waits_for_a_verdict(root: Path) -> None:
    def news() -> int:
        command = [
            sys.executable,
            "ops/task.py",
            "--says=drifted",
            "--quiet",
            "--needs=drift=drift",
            "-",
            "--",
        ]
        return subprocess.run(command, cwd=root, check=False).returncode

    report(root, "drift", "no drift")
    assert news() == 3
    report(root, "drift", "drift")
    assert news() == 0
