"""A client's house style: template files in its own repository, which replace ours of the same path."""

from collections.abc import Mapping
from os.path import isfile
from pathlib import Path

from mlopsc.diagnostics import Diagnostic, Rejected


class HouseStyle:
    """A folder of templates in the repository `root`, or none.

    Remembers which files it was asked for, as inputs of the compile.
    """

    def __init__(self, folder: Path | None = None, root: Path | None = None) -> None:
        self._folder = folder
        self._root = root or folder
        self._asked: dict[Path, bool] = {}

    def __contains__(self, name: str) -> bool:
        if self._folder is None:
            return False
        path = self._folder / name
        if path not in self._asked:
            self._asked[path] = isfile(path)
            self._refuse_outside(path)
        return self._asked[path]

    def _refuse_outside(self, path: Path) -> None:
        if self._asked[path] and self._root and not path.resolve().is_relative_to(self._root.resolve()):
            message = f"the template {path.name} leads out of the repository through a link"
            hint = "put the file itself into the repository"
            raise Rejected([Diagnostic("M303", message, ("templates",), hint=hint)])

    @property
    def folder(self) -> Path:
        """The folder; raises ValueError where there is none."""
        if self._folder is None:
            raise ValueError("no house style is in use")
        return self._folder

    def path(self, name: str) -> Path:
        """Return the file that replaces a template."""
        return self.folder / name

    @property
    def asked(self) -> Mapping[Path, bool]:
        """Each file that was asked for, and whether it was there."""
        return dict(self._asked)
