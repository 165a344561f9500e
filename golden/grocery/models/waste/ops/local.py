"""Files of this machine alone, in .mlops: state, locks, and what recent data is compared with."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(".mlops")


def folder() -> Path:
    """Return the folder, which git ignores."""
    FOLDER.mkdir(exist_ok=True)
    if not (ignore := FOLDER / ".gitignore").exists():
        ignore.write_text("*\n", encoding="utf-8")
    return FOLDER


def put(name: str, content: bytes) -> None:
    """Write a file of the folder; a reader sees the old one or the whole new one."""
    draft = folder() / f".{name}.tmp"
    draft.write_bytes(content)
    os.replace(draft, FOLDER / name)
