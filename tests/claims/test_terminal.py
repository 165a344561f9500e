"""`diff` is coloured on a terminal, and plain for everybody else."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.begin import COMPILER, mlopsc
from tests.journeys.terminal import OTHER, repository


def on_a_terminal(folder: Path, *arguments: str, **environment: str) -> str:
    """Return what a command shows on a terminal."""
    ours, theirs = pty.openpty()
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(COMPILER), "TERM": "xterm", **environment}
    command = [sys.executable, "-m", "mlopsc", *arguments]
    with subprocess.Popen(command, cwd=folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs):
        os.close(theirs)
        shown = b""
        try:
            while chunk := os.read(ours, 65536):
                shown += chunk
        except OSError:  # the other end is closed
            pass
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


@pytest.fixture
def top(tmp_path: Path) -> Path:
    top = repository(tmp_path / "churn")
    assert mlopsc(top, "compile").code == 0
    (top / "mlops.yaml").write_text(OTHER)
    return top


def test_diff_is_coloured_on_a_terminal_alone(top: Path) -> None:
    plain, shown = mlopsc(top, "diff").out, on_a_terminal(top, "diff")
    assert "\x1b" not in plain
    assert re.search(r"^\x1b\[31m-.*\x1b\[0m\n\x1b\[32m\+.*\x1b\[0m$", shown, re.MULTILINE)
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown) == plain


@pytest.mark.parametrize("setting", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_nobody_is_given_colours_who_wants_none(top: Path, setting: dict[str, str]) -> None:
    assert on_a_terminal(top, "diff", **setting) == mlopsc(top, "diff").out
