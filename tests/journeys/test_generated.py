"""The generated repository at work: make commands, verdicts and exit codes, with mlopsc out of reach."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest_engines import engine
from tests.journeys.begin import files, mlopsc
from tests.journeys.terminal import GENERATED, LOCK, repository

GOOD = "customer_id,age\n1,30\n2,41\n"
BAD = "customer_id,age\n1,30\n2,141\n"


@pytest.fixture(scope="module")
def top(tmp_path_factory: pytest.TempPathFactory) -> Path:
    engine("make")
    top = repository(tmp_path_factory.mktemp("shop") / "churn")
    assert mlopsc(top, "compile").code == 0
    return top


def make(top: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make where nothing of mlopsc can be found; the interpreter has the pinned requirements."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(top), "LANG": "C.UTF-8", "NO_COLOR": "1"}
    command = ["make", f"PYTHON={sys.executable}", *arguments]
    return subprocess.run(command, cwd=top, env=env, capture_output=True, text=True, check=False)


def judged(top: Path, data: str | None, *arguments: str) -> tuple[int, str]:
    """Validate some data; return the exit code of make and the verdict in the report."""
    report, customers = top / "reports/validate.json", top / "data/customers.csv"
    report.unlink(missing_ok=True)
    customers.write_text(data) if data else customers.unlink()
    code = make(top, "validate", *arguments).returncode
    return code, str(_read(report)["verdict"])


def _read(report: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return content


def test_help_lists_the_commands(top: Path) -> None:
    done = make(top)
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["help", "setup", "validate"]
    assert make(top, "help").stdout == done.stdout


def test_without_an_environment_it_says_what_to_do(top: Path) -> None:
    env = {"PATH": "/usr/bin:/bin"}
    done = subprocess.run(["make", "validate"], cwd=top, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("There is no .venv yet: run 'make setup' first.\n")


@pytest.mark.parametrize(
    ("data", "arguments", "answer"),
    [
        (GOOD, (), (0, "passed")),
        (BAD, (), (0, "blocked")),
        (BAD, ("STRICT=1",), (2, "blocked")),
        (None, (), (2, "error")),
    ],
    ids=["good", "bad", "bad and strict", "missing"],
)
def test_validate(top: Path, data: str | None, arguments: tuple[str, ...], answer: tuple[int, str]) -> None:
    engine("great_expectations")
    assert judged(top, data, *arguments) == answer


def test_nothing_generated_needs_the_compiler(top: Path) -> None:
    made = files(top)
    for name in GENERATED:
        content = made[name]
        assert isinstance(content, bytes)
        assert b"import mlopsc" not in content and b"from mlopsc" not in content


def test_running_it_leaves_the_tree_clean(top: Path) -> None:
    engine("great_expectations")
    judged(top, GOOD)
    assert mlopsc(top, "check").code == 0
    subprocess.run(["git", "init", "--quiet", "."], cwd=top, check=True)
    done = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"],
        cwd=top,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "reports/" not in done.stdout and "__pycache__" not in done.stdout


def test_the_lock_is_a_checksum_file(top: Path) -> None:
    engine("sha256sum")
    command = ["sha256sum", "--check", "--strict", LOCK]
    done = subprocess.run(command, cwd=top, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == sorted(GENERATED)
    with (top / "mlops.mk").open("a") as file:
        file.write("# mine\n")
    assert subprocess.run(command, cwd=top, capture_output=True, check=False, env=os.environ).returncode == 1
