"""Folders as mappings, and the golden ones."""

import shutil
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "golden"
NAMES = sorted(path.name for path in (ROOT / "specs").iterdir() if path.is_dir())
LOCK = ".mlopsc.lock"


def tree(folder: Path, lock: bool = False) -> dict[str, bytes]:
    """Return the bytes of every file below a folder, without the lock, which holds the build id."""
    files = [path for path in folder.rglob("*") if path.is_file() and (lock or path.name != LOCK)]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(files)}


def golden(name: str) -> dict[str, bytes]:
    return tree(GOLDEN / name)


def copied(name: str, folder: Path) -> Path:
    """Copy a folder of specs/ to a place of its own."""
    shutil.copytree(ROOT / "specs" / name, folder)
    return folder


def differences(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    """Return the names of the files that are not the same in both."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
