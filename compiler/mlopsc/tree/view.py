"""What stands at a path, looked at without following a single symbolic link."""

import os
import posixpath
import stat
from collections.abc import Set
from dataclasses import dataclass

from mlopsc.tree.disk import trouble
from mlopsc.tree.lock import TEMP


@dataclass(frozen=True, slots=True)
class Taken:
    """Something that is no file of ours and can be none: `what` stands at `path`."""

    path: str
    what: str


Found = bytes | Taken | None


class View:
    """The files below a root, for as long as nothing is written.

    `gone` are paths that will be removed before anything is written: a file that is to become a
    folder, or the other way round, is then no obstacle.
    """

    def __init__(self, root: str, gone: Set[str] = frozenset()) -> None:
        self._root = root
        self._gone = gone
        self._folders: dict[str, Taken | None] = {"": None}

    def at(self, path: str) -> Found:
        """Return a regular file's bytes, None where nothing stands, else what is in the way."""
        with trouble("read", path):
            return self._blocked(posixpath.dirname(path)) or self._leaf(path)

    def _leaf(self, path: str) -> Found:
        mode = self._mode(path)
        if stat.S_ISREG(mode):
            with open(os.path.join(self._root, path), "rb") as file:
                return file.read()
        if not mode or (stat.S_ISDIR(mode) and self._emptied(path)):
            return None
        return Taken(path, _word(mode))

    def _blocked(self, folder: str) -> Taken | None:
        if folder not in self._folders:
            self._folders[folder] = self._blocked(posixpath.dirname(folder)) or self._not_a_folder(folder)
        return self._folders[folder]

    def _not_a_folder(self, folder: str) -> Taken | None:
        mode = self._mode(folder)
        if not mode or stat.S_ISDIR(mode) or folder in self._gone:
            return None
        return Taken(folder, _word(mode))

    def _mode(self, path: str) -> int:
        try:
            return os.lstat(os.path.join(self._root, path)).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return 0

    def _emptied(self, folder: str) -> bool:
        # Only folders above what goes are pruned with it: an empty folder of the user's stays in the way.
        above = {parent for path in self._gone for parent in _parents(path)}
        for where, folders, files in os.walk(os.path.join(self._root, folder)):
            here = os.path.relpath(where, self._root).replace(os.sep, "/")
            left = [name for name in files if name != TEMP and f"{here}/{name}" not in self._gone]
            if here not in above or left or any(f"{here}/{name}" not in above for name in folders):
                return False
        return True


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def _word(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "a symbolic link"
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a file" if stat.S_ISREG(mode) else "no regular file"
