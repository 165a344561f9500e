"""The plug-in of tests/data/sketch, installed as a third party would install it."""

import subprocess
import sys
from pathlib import Path

SKETCH = Path(__file__).parents[1] / "data" / "sketch"


def install(folder: Path) -> Path:
    """Install the plug-in into a folder for the import path, and return that."""
    command = ["uv", "pip", "install", "--quiet", "--no-deps", "--python", sys.executable, "--target", folder, SKETCH]
    subprocess.run(command, check=True)
    return folder
