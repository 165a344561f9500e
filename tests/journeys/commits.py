"""Git in the small repositories of the journeys, by nobody's settings."""

import os
import subprocess
from pathlib import Path

IDENTITY = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
for _who in ("AUTHOR", "COMMITTER"):
    IDENTITY |= {f"GIT_{_who}_NAME": "ann", f"GIT_{_who}_EMAIL": "ann@example.com"}


def git(folder: Path, *arguments: str) -> str:
    """Run git; returns what it prints."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**os.environ, **IDENTITY},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def begun(folder: Path) -> Path:
    """Make a repository on main of what lies in a folder, with one commit."""
    git(folder, "init", "--quiet", "--initial-branch", "main")
    committed(folder)
    return folder


def committed(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "more")
