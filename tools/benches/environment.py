"""A fresh environment with the wheel and the peers, as a user would have it; bytecode compiled."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / ".cache" / "bench"
BIN = CACHE / "venv" / "bin"
PINS = ROOT / "tests" / "requirements.txt"


def prepare() -> None:
    """Build the wheel of this checkout and install it with copier below .cache/bench."""
    wheel = _wheel(CACHE / "dist")
    if not (BIN / "python").exists():
        _make()
    _pip("install", "--quiet", "-c", str(PINS), "copier", str(wheel))
    # The version does not change with each edit: only --reinstall makes sure that this wheel is measured.
    _pip("install", "--quiet", "--no-deps", *_again(), str(wheel))
    _do(BIN / "python", "-m", "compileall", "-q", *(CACHE / "venv").glob("lib/python*/site-packages"))


def _wheel(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    _do(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    return next(folder.glob("*.whl"))


def _make() -> None:
    uv = shutil.which("uv")
    if uv:
        _do(uv, "venv", "--quiet", "--python", sys.executable, BIN.parent)
    else:
        _do(sys.executable, "-m", "venv", BIN.parent)


def _pip(*arguments: str) -> None:
    uv = shutil.which("uv")
    if uv:
        _do(uv, "pip", arguments[0], "--python", BIN / "python", *arguments[1:])
    else:
        _do(BIN / "python", "-m", "pip", "--disable-pip-version-check", *arguments)


def _again() -> tuple[str, ...]:
    return ("--reinstall",) if shutil.which("uv") else ("--force-reinstall",)


def _do(*command: str | Path) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")
