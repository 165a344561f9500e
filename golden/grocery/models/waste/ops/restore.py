"""Bring back the code, data and parameters of a version, as they were when it was registered.

restore.py [VERSION]   a number or an alias; the champion by default

Refuses while versioned files are changed, for it would overwrite them; what an earlier restore put
there may go.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import local
import registry
from digests import digest
from lineage import recorded
from origin import changes
from processes import dvc, git
from registry import Registry
from verdict import Outcome, write_json

# Hashes of the files that a restore wrote, or may have written before it was killed.
WRITTEN = local.FOLDER / "restored.json"


def main(arguments: list[str] | None = None) -> int:
    """Restore; return 0 when it is done, 3 if it would overwrite work, 2 for an error."""
    given = sys.argv[1:] if arguments is None else arguments
    version = registry.wanted(given)
    return registry.run("restore", lambda store: restore(store, version))


def restore(store: Registry, wanted: str) -> Outcome:
    """Check out the commit of a version, put its DVC files and parameters in place, then its data."""
    version = store.version(wanted)
    number, made = str(version.version), recorded(store, version)
    with store.artifact(version, "origin/files") as files:
        if files is None:
            raise ValueError(f"version {number} has no DVC files")
        kept = {str(file.relative_to(files)): file for file in files.rglob("*") if file.is_file()}
        hashes = {path: [digest(str(file))] for path, file in kept.items()}
        ours = _written()
        ours = {path: [*ours.get(path, []), *hashes.get(path, [])] for path in sorted({*ours, *hashes})}
        if at_risk := [path for path in changes() if digest(path) not in ours.get(path, [])]:
            lines = [f"these changes would be lost: {', '.join(at_risk)}; commit or stash them first"]
            return Outcome("refused", {"version": int(number)}, lines)
        local.folder()
        write_json(WRITTEN, ours)
        lines = _check_out(made["commit"])
        for path, file in kept.items():
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, path)
    write_json(WRITTEN, hashes)
    dvc("pull" if store.config["data"].get("remote") else "checkout", "--quiet", "--force")
    lines += [
        f"changed and not committed when version {number} was made, so that its state then is lost: {path}"
        for path in made["dirty"]
    ]
    return Outcome("restored", {"version": int(number)}, lines)


def _check_out(commit: str) -> list[str]:
    """Move to a commit, unless it is the one we are on; say how to come back."""
    if not commit or git("rev-parse", "HEAD").strip() == commit:
        return []
    # Changes were found to be none, or already those of the version.
    git("checkout", "--quiet", "--force", "--detach", commit)
    return [f"code: commit {commit}; back again: git checkout --force - && dvc checkout"]


def _written() -> dict[str, list[str]]:
    """Return the hashes of the files that the last restore wrote."""
    found: dict[str, list[str]] = json.loads(WRITTEN.read_text(encoding="utf-8")) if WRITTEN.exists() else {}
    return found


if __name__ == "__main__":
    sys.exit(main())
