"""House specs: which specs belong to the one that was asked for."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from mlopsc.diagnostics import Diagnostic, Rejected
from mlopsc.project import Project
from mlopsc.source.extends import inside
from mlopsc.workspace import UsageError


def members(project: Project) -> Iterator[str]:
    """Yield the paths of the specs that come along, from the root of the sources.

    A house spec that was asked for brings every model that it lists; a spec that was found in a
    folder brings the houses that it extends. Raises `Rejected` (M123) for a `models` that leaves
    the repository or matches nothing, and `UsageError` when `--into` shows too little of it.
    """
    if project.site.swept:
        yield from (name for name in project.document.houses if _below(project, name))
    elif project.site.given and project.document.root.child("models"):
        yield from _models(project)


def _models(project: Project) -> list[str]:
    node = project.document.root.child("models")
    written = node.value if node else None
    if node is None or not isinstance(written, str):
        return []
    pattern = inside(written, node.span.file)
    base = project.site.sources
    found = _matching(base, pattern) if pattern else []
    if not found:
        message = f"`{written}` matches no spec of this repository"
        hint = "a path with `*`, relative to this file: `models: ../models/*/mlops.yaml`"
        raise Rejected([Diagnostic("M123", message, ("models",), hint=hint, span=node.span)])
    outside = next((name for name in found if not _below(project, name)), None)
    if outside:
        way_out = "give a folder that holds both"
        raise UsageError(f"--into: {outside} lies outside the folder of the house spec; {way_out}")
    return [name for name in found if name != project.site.name]


def _matching(base: Path, pattern: str) -> list[str]:
    try:
        return sorted(path.relative_to(base).as_posix() for path in base.glob(pattern) if path.is_file())
    except (OSError, ValueError, IndexError):  # too long for a disk, `a**b`, or `.`
        return []


def _below(project: Project, name: str) -> bool:
    """Say whether a spec's output would lie below the root; `--into` may show only a part of a repository."""
    start = PurePosixPath(project.site.name).parent
    header = os.path.normpath(os.path.join(project.site.folder, os.path.relpath(name, start)))
    return not header.startswith("..")
