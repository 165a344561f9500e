"""Files of predictions on their way to an object store, from a thread of their own.

A store that does not answer holds up nothing: files wait, and when too many wait the oldest goes.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

LOG = logging.getLogger("service.predictions")
# With the size of a file, this bounds what waits on the disk or in memory.
WAITING = 8
RETRY_SECONDS = 5.0


class Uploads:
    """Takes whole files of a folder to a store, and removes them here."""

    def __init__(self, folder: Path, place: str, lost: Callable[[str], None]) -> None:
        """Take the folder, the URL of the store (fsspec), and who is told the name of a file that is lost."""
        self.folder, self.place = folder, place.rstrip("/")
        self.ending, self.look = threading.Event(), threading.Event()
        self.lost = lost
        self.thread = threading.Thread(target=self._run, name="uploads", daemon=True)
        self.thread.start()

    def tell(self) -> None:
        """Say that a file is whole."""
        self.look.set()

    def finish(self, seconds: float) -> None:
        """Take what is there to the store, as far as the time allows."""
        self.ending.set()
        self.look.set()
        self.thread.join(seconds)

    def _run(self) -> None:
        done = False
        while not done:
            self.look.wait(None if not self._files() else RETRY_SECONDS)
            self.look.clear()
            done = self.ending.is_set()
            for path in self._files():
                try:
                    self._take(path)
                except Exception:
                    LOG.exception("%s is still here: the store of predictions did not take it", path.name)
                    break
            self._bound()

    def _files(self) -> list[Path]:
        return sorted(path for path in self.folder.iterdir() if not path.name.startswith("."))

    def _take(self, path: Path) -> None:
        from fsspec.core import url_to_fs

        system, root = url_to_fs(self.place)
        # An object appears whole or not at all.
        system.put_file(str(path), f"{root}/{path.name}")
        path.unlink()

    def _bound(self) -> None:
        for path in self._files()[:-WAITING]:
            LOG.error("%s is lost: the store of predictions does not answer", path.name)
            path.unlink()
            self.lost(path.name)
