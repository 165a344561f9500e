"""Artifacts of a run: uploaded once under a name, downloaded by the jobs after."""

import os
import re
import shutil
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path

from tests.engines.github.runner.model import ActionFailed, RunnerError
from tests.engines.github.runner.uses import Use

WILD = re.compile(r"[*?\[]")
NOT_IN_NAMES = re.compile(r'[":<>|*?\r\n\\/]')


def upload(use: Use) -> Mapping[str, str]:
    """Keep files under a name that this run has not used; modes and hidden files are lost, as in the real one."""
    name, kept = use.inputs.get("name") or "artifact", use.job.course.run.artifacts
    if NOT_IN_NAMES.search(name):
        raise ActionFailed(f"The artifact name is not valid: {name}")
    root, files = _chosen(use)
    if not files:
        return _nothing(use)
    if name in kept and not use.on("overwrite"):
        raise ActionFailed(
            f"Failed to CreateArtifact: (409) Conflict: an artifact with this name already exists: {name}"
        )
    folder = use.job.course.folder / "artifacts" / name
    shutil.rmtree(folder, ignore_errors=True)
    for file in files:
        _copy(file, folder / file.relative_to(root))
    kept[name] = folder
    return {"artifact-id": str(list(kept).index(name) + 1), "artifact-url": f"artifact:{name}"}


def download(use: Use) -> Mapping[str, str]:
    """Bring artifacts of this run: one by its name, or several each in a folder of its name."""
    run, kept = use.job.contexts["github"]["run_id"], use.job.course.run.artifacts
    if use.inputs.get("artifact-ids") or use.inputs.get("run-id", run) != run:
        raise RunnerError("download-artifact: only artifacts of this run, by name or pattern")
    target, name = use.place(use.inputs.get("path") or "."), use.inputs.get("name")
    if name:
        if name not in kept:
            raise ActionFailed(f"Unable to download artifact(s): Artifact not found for name: {name}")
        shutil.copytree(kept[name], target, dirs_exist_ok=True)
        return {"download-path": str(target)}
    for each, folder in kept.items():
        if fnmatch(each, use.inputs.get("pattern") or "*"):
            own = target if use.on("merge-multiple") else target / each
            shutil.copytree(folder, own, dirs_exist_ok=True)
    return {"download-path": str(target)}


def _nothing(use: Use) -> Mapping[str, str]:
    message = "No files were found with the provided path. No artifacts will be uploaded."
    if use.inputs.get("if-no-files-found", "warn") == "error":
        raise ActionFailed(message)
    use.say(message)
    return {}


def _chosen(use: Use) -> tuple[Path, list[Path]]:
    """Return the folder that names in the artifact start from, and the files."""
    lines = [line.strip() for line in use.need("path").splitlines() if line.strip()]
    taken = [_found(use, line) for line in lines if not line.startswith("!")]
    out = {file for line in lines if line.startswith("!") for file in _found(use, line[1:])[1]}
    files = sorted({file for _, found in taken for file in found} - out)
    starts = [start for start, _ in taken]
    if len(starts) == 1 and files != starts:
        return starts[0], files
    return Path(os.path.commonpath([start if start.is_dir() else start.parent for start in starts])), files


def _found(use: Use, line: str) -> tuple[Path, list[Path]]:
    """Return where a pattern starts to search, and the files that it finds."""
    parts = Path(line).parts
    fixed = next((index for index, part in enumerate(parts) if WILD.search(part)), len(parts))
    start = Path(os.path.normpath(use.place(str(Path(*parts[:fixed])))))
    matches = start.glob(str(Path(*parts[fixed:]))) if fixed < len(parts) else [start]
    files = {
        file
        for match in matches
        for file in (match.rglob("*") if match.is_dir() else [match])
        if file.is_file() and (use.on("include-hidden-files") or not _hidden(file, start))
    }
    return start, sorted(files)


def _hidden(file: Path, start: Path) -> bool:
    return any(part.startswith(".") for part in (start.name, *file.relative_to(start).parts))


def _copy(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target)
    target.chmod(0o644)
