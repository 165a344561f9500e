"""`--changed-since REF`: which specs a git diff touches, told by their locks without compiling them.

A spec is touched by a change of anything that its lock names: the spec, what it extends, its house
style, every generated file, a name that was asked for and now is there or gone, and the lock itself.
Where the lock cannot tell, the spec counts as touched.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Literal

from mlopsc.diagnostics import Rejected
from mlopsc.git import changed_files
from mlopsc.project import Project
from mlopsc.tree.lock import NAME, PENDING, Line, digest, lines
from mlopsc.workspace import Site, UsageError, reader

Touch = Literal["touched", "brings others", "left alone"]


class Changed:
    """The diff of each repository of a run, and what it touches."""

    def __init__(self, ref: str) -> None:
        self._ref = ref
        self._diffs: dict[Path, Diff] = {}
        self._houses: set[tuple[Path, str]] = set()

    def touch(self, site: Site) -> Touch:
        """Say what a diff means for a spec.

        One that is left alone may still bring others: the models of a house that was named on the
        command line, or a house that no spec before it extends. Raises `UsageError` where git
        cannot tell what changed.
        """
        if site.sources not in self._diffs:
            self._diffs[site.sources] = Diff(site.sources, changed_files(site.sources, self._ref))
        diff = self._diffs[site.sources]
        folder = _output(site)
        rows = _rows(diff, join(folder, NAME))
        if ("spec", "", site.header) not in rows or diff.concerns(site, folder, rows):
            return "touched"
        return "brings others" if self._brings(site, folder, rows) else "left alone"

    def _brings(self, site: Site, folder: str, rows: list[Line]) -> bool:
        if site.given:
            return ("house", "", "") in rows
        read = {normpath(join(folder, path)) for kind, _, path in rows if kind == "source"} - {site.name}
        new = {(site.sources, name) for name in read} - self._houses if site.swept else set()
        self._houses |= new
        return bool(new)


class Diff:
    """The files that changed, by their paths from `top`, and questions about them."""

    def __init__(self, top: Path, files: frozenset[str]) -> None:
        self.top, self.files = top, files
        self._real_top = os.path.realpath(top)
        self._reals: dict[str, str] = {}
        self._digests: dict[str, str] = {}

    @cached_property
    def entries(self) -> frozenset[str]:
        """The files and all folders above them: what may have come or gone."""
        return frozenset(entry for file in self.files for entry in _upwards(file))

    def concerns(self, site: Site, folder: str, rows: list[Line]) -> bool:
        """Say whether the diff touches a spec with such a lock; `folder` is that of its output."""
        outputs = ((kind, normpath(join(folder, path))) for kind, _, path in rows)
        if any(self._concerns(kind, name) for kind, name in outputs):
            return True
        try:
            return any(name in self.files for name in self._inputs(site, folder, rows))
        except (OSError, Rejected):
            return True

    def _concerns(self, kind: str, name: str) -> bool:
        if kind in ("present", "absent"):
            return name in self.entries and os.path.lexists(self.top / name) != (kind == "present")
        return kind in ("file", "kept") and name in self.files

    def _inputs(self, site: Site, folder: str, rows: list[Line]) -> Iterator[str]:
        """Yield the files that a spec is read from, and where links among them lead."""
        known = {normpath(join(folder, path)): value for kind, value, path in rows if kind == "source"}
        if any(self._digest(name) != value for name, value in known.items()):
            # The lock is of another text, which may have extended something else.
            project = Project.read(site)
            known = {**known, **project.hashes}
            with suppress(ValueError):
                style = os.path.relpath(project.style.folder, self.top).replace(os.sep, "/")
                yield from (name for name in self.files if name.startswith(f"{style}/"))
        for name in known:
            yield name
            yield self._real(name)

    def _digest(self, name: str) -> str:
        if name not in self._digests:
            self._digests[name] = digest(reader(self.top)(name))
        return self._digests[name]

    def _real(self, name: str) -> str:
        if name not in self._reals:
            path = os.path.realpath(self.top / name)
            self._reals[name] = os.path.relpath(path, self._real_top).replace(os.sep, "/")
        return self._reals[name]


def _output(site: Site) -> str:
    """Return the folder of a spec's output from the top of its sources."""
    if site.root == site.sources:
        return str(site.folder)
    below = os.path.relpath(os.path.realpath(site.root), os.path.realpath(site.sources)).replace(os.sep, "/")
    if below == ".." or below.startswith("../"):
        raise UsageError(f"--changed-since: {site.root} lies outside of the repository that git looks at")
    return join(below, str(site.folder))


def _rows(diff: Diff, lock: str) -> list[Line]:
    """Return the lines of a lock; none for one that is missing, broken, changed or not finished."""
    if normpath(lock) in diff.files or os.path.lexists(diff.top / (lock + PENDING)):
        return []
    try:
        return lines((diff.top / lock).read_bytes().decode("utf-8", "surrogateescape"))
    except (OSError, ValueError):
        return []


def _upwards(file: str) -> Iterator[str]:
    while file:
        yield file
        file = dirname(file)
