"""Caches that live from run to run: found by key, else by the newest of a prefix; not seen from other branches."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.engines.github.runner.model import ActionFailed, RunnerError
from tests.engines.github.runner.uses import Use


@dataclass(frozen=True)
class Kept:
    """A cache: what it is known by, and where it lies. `number` counts them in the order of their making."""

    key: str
    ref: str
    paths: list[str]
    number: int
    folder: Path


def both(use: Use) -> Mapping[str, str]:
    """Restore now; save when the job is over, if it went well and the key was not there."""
    outputs = restore(use)
    if outputs["cache-hit"] != "true":
        use.job.after.append(lambda: _saved(use) if use.job.status == "success" else "")
    return outputs


def restore(use: Use) -> Mapping[str, str]:
    """Bring back what was saved; `cache-hit` is true, false for another key, or empty for nothing at all."""
    key = use.need("key")
    found = _find(use, key)
    if found is None:
        if use.on("fail-on-cache-miss"):
            raise ActionFailed(f"Failed to restore cache entry. Input key: {key}")
        return {"cache-hit": "", "cache-primary-key": key, "cache-matched-key": ""}
    if not use.on("lookup-only"):
        for part, target in _places(use).items():
            if (found.folder / part).exists():
                _copy(found.folder / part, target)
    hit = "true" if found.key == key else "false"
    return {"cache-hit": hit, "cache-primary-key": key, "cache-matched-key": found.key}


def save(use: Use) -> None:
    """Save now, unless the key is taken."""
    use.say(_saved(use))


def _saved(use: Use) -> str:
    key, ref, paths = use.need("key"), use.job.contexts["github"]["ref"], _paths(use)
    kept = _kept(use)
    if any((each.key, each.ref, each.paths) == (key, ref, paths) for each in kept):
        return f"Cache {key} exists already, not saving it.\n"
    there = {part: place for part, place in _places(use).items() if place.exists()}
    if not there:
        return "Path Validation Error: Path(s) specified in the action for caching do(es) not exist.\n"
    folder = _store(use) / f"{len(kept):04}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
    for part, place in there.items():
        _copy(place, folder / part)
    (folder / "cache.json").write_text(
        json.dumps({"key": key, "ref": ref, "paths": paths, "number": len(kept)}), "utf-8"
    )
    return f"Cache saved with key: {key}\n"


def _find(use: Use, key: str) -> Kept | None:
    github, default = use.job.contexts["github"], use.job.course.repository.default_branch
    prefixes = [key, *use.inputs.get("restore-keys", "").split()]
    for ref in (github["ref"], f"refs/heads/{github['base_ref']}", f"refs/heads/{default}"):
        own = [each for each in _kept(use) if each.ref == ref and each.paths == _paths(use)]
        exact = [each for each in own if each.key == key]
        begun = ([each for each in own if each.key.startswith(prefix)] for prefix in prefixes)
        for candidates in (exact, *begun):
            if candidates:
                return max(candidates, key=lambda each: each.number)
    return None


def _kept(use: Use) -> list[Kept]:
    files = sorted(_store(use).glob("*/cache.json"))
    return [Kept(**json.loads(file.read_text("utf-8")), folder=file.parent) for file in files]


def _store(use: Use) -> Path:
    return use.job.course.machine.caches or use.job.course.folder / "caches"


def _paths(use: Use) -> list[str]:
    return use.need("path").split("\n")


def _places(use: Use) -> dict[str, Path]:
    """Return a name within the cache -> the place outside, for each path."""
    lines = [line.strip() for line in _paths(use) if line.strip()]
    if odd := [line for line in lines if set(line) & set("*?![")]:
        raise RunnerError(f"actions/cache: only plain paths are supported here, not {odd[0]}")
    return {f"part{index}": use.place(line) for index, line in enumerate(lines)}


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    else:
        shutil.copy2(source, target)
