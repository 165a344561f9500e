"""Where scores come in the end: a draft beside it, or on its way to a URL, then all of it in one step."""

from __future__ import annotations

import os
import shutil
from pathlib import Path, PurePosixPath


class Place:
    """The place of the scores, and the draft that the command writes."""

    def __init__(self, name: str, scratch: Path, aside: str = "") -> None:
        """Take a path or URL, a folder for what is on its way, and a name for a draft that stays there.

        The draft of a path lies beside it, so that one step on one disk puts it there. What a run that
        was killed has left is removed. Raises IsADirectoryError for a folder.
        """
        self.name = name
        # Of a link the file behind it is replaced, and the link stays.
        self.target = None if "://" in name else Path(os.path.realpath(name))
        if self.target and self.target.is_dir():
            raise IsADirectoryError(f"{name} is a folder: name a file, which can be replaced in one step")
        if self.target is None or aside:
            self.draft = scratch / f"{aside or 'draft'}-{PurePosixPath(name).name}"
            return
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self.draft = self.target.with_name(f".{self.target.stem}.draft{self.target.suffix}")
        self.clear()

    @property
    def stamp(self) -> tuple[int, ...]:
        """Numbers that change when somebody writes to the place itself; none for nothing, and for a URL."""
        if self.target is None or not self.target.exists():
            return ()
        found = self.target.stat()
        return found.st_size, found.st_mtime_ns, found.st_ino

    def publish(self) -> None:
        """Put the draft into its place: whoever looks there finds the old scores or the new ones.

        An object store shows an object once all of it has arrived (Amazon S3 User Guide, "data
        consistency model"; Cloud Storage and Azure Blob Storage say the same of theirs).
        """
        if self.target is None:
            from fsspec.core import url_to_fs

            system, path = url_to_fs(self.name)
            system.put_file(str(self.draft), path)
            return
        if self.target.exists():
            shutil.copymode(self.target, self.draft)
        _settle(self.draft)
        os.replace(self.draft, self.target)
        _settle(self.target.parent)

    def clear(self) -> None:
        """Remove the draft, if there is one."""
        if self.draft.is_dir():
            shutil.rmtree(self.draft)
        self.draft.unlink(missing_ok=True)


def _settle(path: Path) -> None:
    """Have what was written reach the disk: else a power cut could leave a new name without its content."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
