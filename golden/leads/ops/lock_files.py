"""What a training changes and git holds: dvc.lock, the pointers to data, and the figures of the pipeline."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any


def chosen(changed: list[str], folder: str, config: dict[str, Any]) -> list[str]:
    """Return those of the changed files that a training is to bring back; `folder` is the model's."""
    pipeline = config.get("pipeline", {})
    wanted = {"dvc.lock", *pipeline.get("metrics", []), *pipeline.get("plots", [])}
    return [path for path in changed if _wanted(path.removeprefix(folder), wanted)]


def _wanted(path: str, wanted: set[str]) -> bool:
    place = PurePosixPath(path)
    # .dvc and .venv hold files of other people by the same names.
    if any(part.startswith(".") for part in place.parent.parts):
        return False
    pointer = path.endswith((".dvc", ".fetched.json")) and not place.name.startswith(".")
    return pointer or any(str(each) in wanted for each in (place, *place.parents))
