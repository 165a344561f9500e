"""Packages installed as anybody would install them: with uv where it is, with pip otherwise."""

import shutil
import subprocess
import sys
from pathlib import Path

SKETCH = Path(__file__).parents[1] / "data" / "sketch"


def pip(python: Path | str, command: str, *arguments: Path | str) -> str:
    """Run a command of pip for an interpreter; returns what it prints."""
    if shutil.which("uv"):
        line = ["uv", "pip", command, "--quiet", "--python", python, *arguments]
    else:
        line = [python, "-m", "pip", command, "--quiet", "--disable-pip-version-check", *arguments]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout


def install(folder: Path) -> Path:
    """Install the plug-in of tests/data/sketch into a folder for the import path, and return that."""
    pip(sys.executable, "install", "--no-deps", "--target", folder, SKETCH)
    return folder
