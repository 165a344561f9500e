"""Runs git, DVC and the user's own commands, always with the interpreter that runs this program."""

from __future__ import annotations

import os
import subprocess  # nosec B404
import sys
from collections.abc import Mapping
from pathlib import Path


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a child: `python` is this interpreter, and DVC reports to nobody."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return os.environ | {"PATH": path, "DVC_NO_ANALYTICS": "1"} | dict(extra or {})


def shell(command: str, folder: str = ".", extra: Mapping[str, str] | None = None) -> None:
    """Run a command of the spec, as DVC does; raise ChildProcessError if it fails."""
    _finish(command, ["/bin/sh", "-c", command], folder, extra)


def dvc(*arguments: str, extra: Mapping[str, str] | None = None) -> None:
    """Run a DVC command; raise ChildProcessError if it fails."""
    _finish(f"dvc {arguments[0]}", [sys.executable, "-m", "dvc", *arguments], ".", extra)


def git(*arguments: str) -> str:
    """Return what a git command prints; raise ChildProcessError with its complaint if it fails."""
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)  # nosec B603 B607
    if done.returncode:
        raise ChildProcessError(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


def _finish(name: str, command: list[str], folder: str, extra: Mapping[str, str] | None) -> None:
    # Flushed first, so that our lines and the child's stay in order.
    sys.stdout.flush()
    done = subprocess.run(command, cwd=folder, env=environment(extra), check=False)  # nosec B603
    if done.returncode:
        raise ChildProcessError(f"`{name}` failed with exit code {done.returncode}")
