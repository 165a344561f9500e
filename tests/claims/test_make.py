"""mlops.mk: each automation is one command; a verdict is a result, and STRICT=1 makes it a failure."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.claims.compiling import files
from tests.conftest_engines import engine

SPEC = "validation: {rows: {min: 1}, schedule: daily}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A compiled repository whose interpreter says what it was given, and ends with the code $CODE."""
    engine("make")
    for path, text in files(SPEC).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$@"\nexit $CODE\n')
    python.chmod(0o755)
    return tmp_path


def make(folder: Path, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CODE": str(code)}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("code", "strict", "ended"), [(0, "", 0), (3, "", 0), (2, "", 2), (0, "1", 0), (3, "1", 2), (2, "1", 2)]
)
def test_a_verdict_is_a_result_and_an_error_fails(
    repository: Path, code: int, strict: str, ended: int
) -> None:
    ran = make(repository, "validate", "PYTHON=./python", f"STRICT={strict}", code=code)
    assert ran.returncode == ended
    assert ran.stdout.endswith("ops/validate.py\n")


def test_a_command_that_gives_no_verdict_fails_as_it_does(repository: Path) -> None:
    ran = make(repository, "schedule", "PYTHON=./python", code=3)
    assert ran.returncode == 2
    assert ran.stdout.endswith("ops/schedule.py install\n")


def test_the_makefile_has_at_most_two_lines(repository: Path) -> None:
    lines = (repository / "Makefile").read_text().splitlines()
    assert len(lines) <= 2 and lines[-1] == "include mlops.mk"
