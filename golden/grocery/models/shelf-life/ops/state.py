"""What programs remember between runs: cooldowns, high-water marks, ids of events.

One JSON document per name: a file below .mlops, or tags of the MLflow experiment where the machines
that run the programs forget their files.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Protocol

from local import FOLDER, folder
from settings import resolve
from verdict import write_json

Document = dict[str, Any]
Change = Callable[[Document], Document]


class State(Protocol):
    """A document that outlives the program."""

    def get(self) -> Document:
        """Return the document, empty at first."""

    def update(self, change: Change) -> Document:
        """Replace the document by what `change` makes of it, while nobody else does; return it."""


def state(config: dict[str, Any], name: str) -> State:
    """Return the document of a name, where the spec says: file or tracking."""
    if config.get("state") != "tracking":
        return FileState(name)
    tracking = config["tracking"]
    # There only where the spec asks for it.
    tags = import_module("experiment_tags")
    kept: State = tags.TagState(str(resolve(tracking["uri"])), tracking["experiment"], name)
    return kept


class FileState:
    """A document in a file; whoever reads it sees all of it, as it was or as it is."""

    def __init__(self, name: str) -> None:
        """Take the name of the document."""
        self.path = FOLDER / f"{name}.json"

    def get(self) -> Document:
        """Return the document; raise ValueError when somebody broke the file."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() else {}
        except ValueError as fault:
            raise ValueError(f"{self.path}: {fault}; mend it, or remove it to forget all") from None
        return dict(found)

    def update(self, change: Change) -> Document:
        """Replace the document under a lock."""
        with alone(self.path.name):
            document = change(self.get())
            write_json(self.path, document)
        return document


@contextmanager
def alone(name: str, told: str = "") -> Iterator[None]:
    """Wait, saying why, until no other process of this machine is in here under the same name.

    Processes that are started meanwhile with `close_fds=False` hold the lock too, and keep it if this
    one is killed.
    """
    with (folder() / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if told:
                print(told, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        os.set_inheritable(lock.fileno(), True)
        yield
