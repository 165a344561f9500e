"""Where things stand: the root, the model folder in it, and which paths are ours to use."""

import os
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from mlopsc.diagnostics import Diagnostic, Rejected
from mlopsc.files import File, Place
from mlopsc.tree.lock import NAME

_ODD = re.compile("[\x00-\x1f\x7f\ud800-\udc7f]")


class Names:
    """What exists in a folder, as a set of relative paths; remembers what it was asked.

    The answers are an input of the compile like any source, so the lock records them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = os.fspath(folder)
        self._asked: dict[str, bool] = {}

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str) or not is_writable(name) or posixpath.isabs(name):
            return False
        name = posixpath.normpath(name)
        if name not in self._asked:
            self._asked[name] = os.path.lexists(os.path.join(self._folder, name))
        return self._asked[name]

    @property
    def asked(self) -> Mapping[str, bool]:
        """Each name that was asked for, with the answer."""
        return dict(self._asked)


class Tree:
    """A repository's `root` (absolute) and one `model` folder in it (relative, `.` for the root)."""

    def __init__(self, root: Path, model: PurePosixPath) -> None:
        self.root = os.fspath(root)
        self.model = "" if str(model) == "." else str(model)
        self.names = Names(root / model)

    @property
    def lock(self) -> str:
        """The lock's path from the root."""
        return posixpath.join(self.model, NAME)

    def disk(self, path: str) -> str:
        """Return where a path from the root stands on disk."""
        return os.path.join(self.root, path) if path else self.root

    def path(self, file: File) -> str:
        """Return a file's path from the root; raise `Rejected` (M604) if it may not be used."""
        base = self.model if file.place is Place.MODEL else ""
        return self.inside(posixpath.join(base, file.path))

    def from_lock(self, name: str) -> str:
        """Return the path from the root of a path that a lock names, with the same care."""
        return self.inside(posixpath.join(self.model, name))

    def to_lock(self, path: str) -> str:
        """Return a path from the root as a lock names it."""
        below = path.removeprefix(f"{self.model}/")
        return posixpath.relpath(path, self.model) if self.model and below == path else below

    def inside(self, path: str) -> str:
        """Return the path without `..`; raise `Rejected` (M604) if it leaves the root or is reserved."""
        normal = posixpath.normpath(path)
        parts = normal.split("/")
        wrong = posixpath.isabs(normal) or parts[0] in ("..", ".") or ".git" in parts
        # A backslash would make sha256sum escape the line.
        if wrong or "\\" in normal or parts[-1].startswith(".mlopsc.") or not is_writable(normal):
            raise Rejected([refusal(path)])
        return normal


def is_writable(name: str) -> bool:
    """Tell whether a name fits on a line of the lock, where a line feed would forge another one."""
    return not _ODD.search(name)


def refusal(path: str) -> Diagnostic:
    """Return what to say (M604) about a path that may not be used."""
    return Diagnostic(
        "M604",
        f"{path!r} is not a path that mlopsc writes",
        hint="keep it inside the repository, out of .git, without control characters or backslashes, "
        "and not called .mlopsc.*",
    )
