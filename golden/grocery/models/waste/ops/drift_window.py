"""Which files are current: those that came since the last check, told by name and content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from digests import digest
from tables import find


@dataclass(frozen=True)
class Window:
    """Files to look at, how many of them are new, and what to remember once they were looked at."""

    files: list[str]
    new: int
    memory: dict[str, Any]


def window(path: str, suffix: str, memory: dict[str, Any]) -> Window:
    """Return the files that came or changed since `memory`; if none did, the last ones again.

    To look again at the same files keeps the verdict and the exported score until something new is
    there. Files in quarantine/ were refused by the validation, and are no data.
    """
    try:
        files = [file for file in find(path, suffix) if "/quarantine/" not in file]
    except FileNotFoundError:
        files = []
    known = {file: digest(file) for file in files}
    before = memory.get("files", {})
    new = [file for file in files if before.get(file) != known[file]]
    chosen = new or [file for file in memory.get("window", []) if file in known]
    return Window(chosen, len(new), {"files": known, "window": chosen})
