"""The npm packages that these tests use: installed once, from their lock, into a folder that git ignores."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.conftest_engines import engine

HERE = Path(__file__).parent / "node"
CACHE = Path(__file__).parents[3] / ".cache"
DECLARED = ("package.json", "package-lock.json")


def installed(here: Path = HERE) -> Path:
    """Return the folder that holds `node_modules` of what is declared here; installs them the first time.

    The folder is named by what the lock says, and appears only when it is complete.
    """
    engine("node")
    engine("npm")
    declared = b"".join((here / name).read_bytes() for name in DECLARED)
    place = CACHE / f"node-{hashlib.sha256(declared).hexdigest()[:12]}"
    if not place.exists():
        CACHE.mkdir(exist_ok=True)
        _install(here, place)
    return place


def node(program: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """Return command and environment to run a program with the packages at hand."""
    environment = {**os.environ, "NODE_PACKAGES": str(installed()), "NODE_NO_WARNINGS": "1"}
    return ["node", "--import", str(HERE / "loader.mjs"), str(program), *arguments], environment


def _install(here: Path, place: Path) -> None:
    """Install beside `place`, then rename: of several that do so at once, the first one counts."""
    folder = Path(tempfile.mkdtemp(prefix=f"{place.name}.", dir=place.parent))
    try:
        for name in DECLARED:
            shutil.copy(here / name, folder)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert not done.returncode, done.stderr
        try:
            folder.rename(place)
        except OSError:
            assert place.exists()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
