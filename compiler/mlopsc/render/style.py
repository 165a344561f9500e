"""A client's house style: template files in its own repository, which replace ours of the same path."""

from collections.abc import Mapping
from pathlib import Path


class HouseStyle:
    """A folder of templates, or none; remembers which files it was asked for, as inputs of the compile."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._asked: dict[Path, bool] = {}

    def __contains__(self, name: str) -> bool:
        if self._folder is None:
            return False
        path = self._folder / name
        if path not in self._asked:
            self._asked[path] = path.is_file()
        return self._asked[path]

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
