"""Runs the real command line in a folder, as a newcomer does."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

COMPILER = Path(__file__).parents[2] / "compiler"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def mlopsc(folder: Path, *arguments: str) -> Ran:
    """Run `mlopsc` in a folder."""
    done = subprocess.run(
        [sys.executable, "-m", "mlopsc", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(COMPILER), "NO_COLOR": "1", "TERM": "dumb"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


def files(folder: Path) -> dict[str, bytes | str]:
    """What stands below a folder: bytes of files, targets of links."""
    paths = sorted(path for path in folder.rglob("*") if path.is_symlink() or path.is_file())
    return {
        path.relative_to(folder).as_posix(): os.readlink(path) if path.is_symlink() else path.read_bytes()
        for path in paths
    }
