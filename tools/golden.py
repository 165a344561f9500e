"""Writes golden/ anew: `mlopsc compile`, once per folder of specs/, without the lock.

The lock holds the compiler's build id; its form has tests of its own.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def write(folder: Path) -> None:
    """Compile every folder of specs/ into a folder of the same name."""
    for spec in sorted(path for path in (ROOT / "specs").iterdir() if path.is_dir()):
        into = folder / spec.name
        shutil.rmtree(into, ignore_errors=True)
        command = [sys.executable, "-m", "mlopsc", "compile", f"specs/{spec.name}", "--into", str(into)]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        for lock in into.rglob(".mlopsc.lock"):
            lock.unlink()


if __name__ == "__main__":
    write(ROOT / "golden")
