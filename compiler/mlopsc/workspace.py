"""Which specs a command means, where their repository starts, and where their output goes."""

import errno
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlopsc.source.extends import Read

SPEC = "mlops.yaml"
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)
_SKIPPED = frozenset(("node_modules", "__pycache__"))


class UsageError(Exception):
    """The command line asks for something that is not there; exit code 2."""


@dataclass(frozen=True, slots=True)
class Site:
    """One spec and its place.

    `name` is its path from `sources`, the repository that is read; `root` is where ROOT files
    go, `folder` where MODEL files go below it, and `header` the path by which they name the spec.
    `given` specs were named on the command line, `swept` ones were found in a folder.
    """

    name: str
    sources: Path
    root: Path
    folder: PurePosixPath
    header: str
    given: bool = False
    swept: bool = False

    def beside(self, name: str) -> "Site":
        """Return the site of another spec of the same repository, by its path from `sources`."""
        base = PurePosixPath(self.name).parent
        up = PurePosixPath(os.path.relpath(name, base).replace(os.sep, "/"))
        header = os.path.normpath(os.path.join(os.path.dirname(self.header), up)).replace(os.sep, "/")
        return Site(name, self.sources, self.root, PurePosixPath(header).parent, header)


def sites(specs: Sequence[str], into: str | None, root: str | None) -> list[Site]:
    """Return the specs that are meant, in order and each once.

    Raises `UsageError` for a path that does not exist or is empty, a folder without a spec, or
    `--into` with several specs.
    """
    if "" in (into, root, *specs):
        raise UsageError("a path is empty: is a variable not set?")
    if into and len(specs) > 1:
        raise UsageError("--into takes one SPEC: a folder, if several specs are meant")
    found = {site.name: site for spec in specs or (SPEC,) for site in _below(spec, into, root)}
    return list(found.values())


def site_of(spec: Path) -> Site:
    """Return the site of one spec, which need not exist yet."""
    return _site(spec, spec.parent, None, None)


def repository(start: Path) -> Path | None:
    """Return the git top above a folder, or None; looks for `.git` and starts no program."""
    return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), None)


def reader(sources: Path) -> "Read":
    """Return what reads a file by its path from the root, and follows no link out of it."""
    real = os.path.realpath(sources)

    def read(name: str) -> bytes:
        path = os.path.realpath(sources / name)
        if path != real and not path.startswith(os.path.join(real, "")):
            raise OSError(errno.ELOOP, "it leads out of the repository through a link")
        # A pipe in the place of a file must not make anybody wait for ever.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | _AT_ONCE)) as file:
            return file.read()

    return read


def _below(spec: str, into: str | None, root: str | None) -> Iterator[Site]:
    path = Path(spec)
    if not os.path.exists(path):
        hint = "; `mlopsc init` writes one" if spec == SPEC else ""
        raise UsageError(f"there is no {spec}{hint}")
    if os.path.isfile(path):
        yield _site(path, path.parent, into, root)
        return
    if not os.path.isdir(path):
        raise UsageError(f"{spec} is neither a file nor a folder")
    found = sorted(_walk(path))
    if not found:
        raise UsageError(f"there is no {SPEC} in {spec} or below")
    for each in found:
        yield _site(each, path, into, root, swept=True)


def _walk(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _SKIPPED]
        if SPEC in names:
            yield Path(where, SPEC)


def _site(path: Path, base: Path, into: str | None, root: str | None, swept: bool = False) -> Site:
    spec = Path(os.path.abspath(path))
    top = Path(os.path.abspath(root)) if root else repository(spec.parent)
    if top and not spec.is_relative_to(top):
        raise UsageError(f"{path} does not lie in the root {root}")
    sources = top or Path(os.path.abspath(base))
    target, start = (Path(os.path.abspath(into)), Path(os.path.abspath(base))) if into else (sources, sources)
    header = spec.relative_to(start).as_posix()
    name = spec.relative_to(sources).as_posix()
    return Site(name, sources, target, PurePosixPath(header).parent, header, not swept, swept)
