"""What a compile would do to one file, and why."""

from dataclasses import dataclass, field
from typing import Literal

from mlopsc.tree.record import Hashes, Lock

Action = Literal["created", "changed", "unchanged", "removed", "kept", "yields"]
Cause = Literal["", "spec changed", "compiler newer", "hand-edited", "missing", "orphan", "not ours"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: `path` from the root, its bytes now (`old`) and as the spec wants them (`new`).

    None stands for no file. `yields` means that the user's own file stands there, and `detail` is
    the line that it lacks. `saved` is where the old bytes go before a forced change, `hashes` are
    those by which the lock will know the file.
    """

    path: str
    action: Action
    cause: Cause = ""
    detail: str = ""
    code: str = ""
    old: bytes | None = None
    new: bytes | None = None
    executable: bool = False
    saved: str = ""
    hashes: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether the disk is touched."""
        return self.action in ("created", "changed", "removed")


@dataclass(frozen=True, slots=True)
class Plan:
    """Entries by path; then what is needed to carry them out so that any kill can be survived.

    `lock` is the new lock (none for starters, which no lock knows), `known` the hashes by which
    files are ours at present, by path from the root, and `gone` the paths whose folders may fall empty.
    """

    entries: tuple[Entry, ...]
    lock: Lock | None = None
    known: Hashes = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    @property
    def clean(self) -> bool:
        """Whether the tree is as the spec wants it."""
        return not any(entry.cause for entry in self.entries)

    @property
    def kept(self) -> bool:
        """Whether somebody's file stands in the way; a compile then ends with exit code 1."""
        return any(entry.action == "kept" for entry in self.entries)
