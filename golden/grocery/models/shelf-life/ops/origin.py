"""Where a model comes from: code, data, parameters, validation; enough to make it again."""

from __future__ import annotations

import json
import platform
import shutil
from pathlib import Path
from typing import Any

from digests import digest, hash_of, locked, read_yaml
from processes import git


def origin(config: dict[str, Any]) -> dict[str, Any]:
    """Return what made the model that now lies in the repository."""
    commit, dirty = _code(config)
    stages = locked()
    data = config["data"]["path"]
    return {
        "model": {"path": config["model"]["artifact"], "hash": digest(config["model"]["artifact"])},
        "commit": commit,
        "dirty": dirty,
        "data": {"path": data, "hash": digest(data)},
        "stages": {
            name: {
                "cmd": stage.get("cmd"),
                "deps": {entry["path"]: hash_of(entry) for entry in stage.get("deps", [])},
                "outs": {entry["path"]: hash_of(entry) for entry in stage.get("outs", [])},
            }
            for name, stage in stages.items()
        },
        "params": params(config),
        "validation": _report("validated") or _report("validate"),
        "mode": _report("mode").get("mode", "full"),
        "python": platform.python_version(),
    }


def params(config: dict[str, Any]) -> dict[str, str]:
    """Return the parameters of the params files by dotted name, as text."""
    found: dict[str, str] = {}
    for path in config["pipeline"].get("params", []):
        content = json.loads(Path(path).read_text("utf-8")) if path.endswith(".json") else read_yaml(path)
        found |= dict(_flat(content, ""))
    return found


def snapshot(config: dict[str, Any], folder: Path) -> None:
    """Copy the small files that point to data and parameters, which need not be committed yet."""
    for path in filter(Path.exists, pointers(config)):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / path)


def pointers(config: dict[str, Any]) -> list[Path]:
    """Return dvc.lock, the params files, what is beside the data, and the outs that DVC does not cache."""
    data = config["data"]["path"].rstrip("/")
    names = ["dvc.lock", *config["pipeline"].get("params", []), f"{data}.dvc", f"{data}.fetched.json"]
    names += ["reports/validated.json", "reports/mode.json", *config["pipeline"]["metrics"]]
    outs = sorted(_paths("outs"))
    # DVC tells git to ignore what it caches.
    small = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *outs) if outs else ""
    return [Path(name) for name in dict.fromkeys([*names, *small.split("\0")]) if name and "://" not in name]


def changes() -> list[str]:
    """Return the versioned files that differ from the last commit, and inputs that are in no commit."""
    differing = git("diff", "--name-only", "--relative", "-z", "HEAD").split("\0")
    inputs = _paths("deps") - _paths("outs")
    others = (
        git("ls-files", "--others", "--exclude-standard", "-z", "--", *sorted(inputs)).split("\0")
        if inputs
        else []
    )
    return sorted({*differing, *others} - {""})


def _paths(kind: str) -> set[str]:
    """Return the deps or outs of all stages of the last run."""
    return {entry["path"] for stage in locked().values() for entry in stage.get(kind, [])}


def _code(config: dict[str, Any]) -> tuple[str, list[str]]:
    """Return the commit, and what differs from it beyond what the snapshot holds."""
    try:
        commit = git("rev-parse", "HEAD").strip()
    except (ChildProcessError, FileNotFoundError):
        return "", []
    kept = {str(path) for path in pointers(config)}
    # DVC writes the .gitignore beside its outs.
    return commit, [path for path in changes() if path not in kept and not path.endswith(".gitignore")]


def _report(name: str) -> dict[str, Any]:
    path = Path("reports", f"{name}.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {key: value for key, value in found.items() if key != "results"}


def _flat(value: Any, name: str) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [
            pair
            for key, child in value.items()
            for pair in _flat(child, f"{name}.{key}" if name else str(key))
        ]
    return [(name, value if isinstance(value, str) else json.dumps(value))]
