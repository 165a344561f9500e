"""What DVC leaves half written when it is killed, put right before the next run: it writes in place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import local
from digests import hash_of, read_yaml

LOCK, BUSY = Path("dvc.lock"), Path(".dvc", "tmp", "rwlock")


def lock() -> None:
    """Bring back the last sound dvc.lock where it is broken, or keep a copy of it; stages then run again."""
    kept = local.FOLDER / LOCK.name
    if not LOCK.exists() or _sound(str(LOCK)):
        keep()
    elif kept.exists():
        LOCK.write_bytes(kept.read_bytes())
    else:
        LOCK.unlink()
    if BUSY.exists() and not _json(BUSY):
        BUSY.unlink()


def keep() -> None:
    """Keep a copy of a dvc.lock that is sound."""
    if LOCK.exists():
        local.put(LOCK.name, LOCK.read_bytes())


def pointer(path: str) -> None:
    """Remove a broken .dvc file; `dvc add` makes it again."""
    file = Path(f"{path}.dvc")
    if file.exists() and not _outs(str(file)):
        file.unlink()


def _sound(path: str) -> bool:
    try:
        content = read_yaml(path)
        stages = list(content["stages"].values())
        entries = [entry for stage in stages for key in ("deps", "outs") for entry in stage.get(key, [])]
        return "schema" in content and all("cmd" in stage for stage in stages) and _whole(entries)
    except Exception:
        # Whatever a file that ends in the middle may hold.
        return False


def _outs(path: str) -> bool:
    try:
        return _whole(read_yaml(path)["outs"])
    except Exception:
        return False


def _whole(entries: list[dict[str, Any]]) -> bool:
    return bool(entries) and all(entry["path"] and hash_of(entry) for entry in entries)


def _json(path: Path) -> bool:
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return True
