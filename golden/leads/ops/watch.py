"""Validate each file of a folder as it arrives; bad ones move to quarantine/ beside their report.

May be killed at any point: good files stay and are written to the state file, a bad one gets its
report first and moves last. What a killed run left undone is done again, to the same effect.
"""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import json
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from verdict import FINE, Outcome, write_json

Judge = Callable[[list[str]], Outcome]


class Inbox:
    """The files of a folder, and which of them are done."""

    def __init__(self, folder: Path, suffix: str, judge: Judge) -> None:
        """Read the state that an earlier run left."""
        self.folder, self.suffix, self.judge = folder, f".{suffix}", judge
        self.state = folder / ".mlopsc-watch.json"
        exists = self.state.exists()
        self.done: dict[str, Any] = json.loads(self.state.read_text(encoding="utf-8")) if exists else {}
        self.unreadable: dict[str, list[int]] = {}

    def look(self) -> dict[str, list[int]]:
        """Return the stamps of the files that are not done, by name; forget those that are gone."""
        names = sorted(name for name in os.listdir(self.folder) if not name.startswith("."))
        stamps = {name: self.stamp(name) for name in names if name.lower().endswith(self.suffix)}
        if gone := {name for name in self.done if not stamps.get(name)}:
            self.remember({name: entry for name, entry in self.done.items() if name not in gone})
        known = {name: entry["stamp"] for name, entry in self.done.items()} | self.unreadable
        return {name: stamp for name, stamp in stamps.items() if stamp and known.get(name) != stamp}

    def stamp(self, name: str) -> list[int]:
        """Return numbers that change when the file is written or replaced; none if it is gone."""
        try:
            found = (self.folder / name).stat()
        except FileNotFoundError:
            return []
        return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]

    def settle(self, name: str, stamp: list[int]) -> str:
        """Judge a file and keep or move it; return what became of it."""
        path = self.folder / name
        try:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            known = self.done.get(name, {"sha256": ""})
            outcome = None if known["sha256"] == digest else self.judge([str(path)])
        except OSError as fault:
            print(f"{name}: {fault}", flush=True)
            self.unreadable[name] = stamp
            return "unreadable"
        if self.stamp(name) != stamp:
            return "changed"  # while it was read: the next look finds it again
        if outcome is None or outcome.verdict in FINE:
            self.remember(self.done | {name: {"sha256": digest, "stamp": stamp}})
        else:
            self.quarantine(path, {"file": name, "sha256": digest, "step": "watch", **vars(outcome)})
        if outcome:
            print(outcome.lines(name), flush=True)
        return outcome.verdict if outcome else "unchanged"

    def remember(self, done: dict[str, Any]) -> None:
        """Write the state."""
        write_json(self.state, done)
        self.done = done

    def quarantine(self, path: Path, report: dict[str, Any]) -> None:
        """Move a file beside its report, under the first name that is free."""
        for target in _numbered(self.folder / "quarantine" / path.name):
            beside = target.with_name(f"{target.name}.report.json")
            # A report without its file is from a run that was killed between the two.
            ours = not beside.exists() or report["sha256"] in beside.read_text(encoding="utf-8")
            if ours and not target.exists():
                write_json(beside, report)
                os.rename(path, target)
                return


def watch(inbox: Inbox, interval: float, once: bool) -> Outcome:
    """Settle files until SIGTERM or SIGINT; with `once`, until those that are there are done.

    Raises OSError when the folder is missing or another process watches it.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    handle = os.open(inbox.folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as fault:
        raise OSError(f"another process watches {inbox.folder}") from fault
    tally = serve(inbox, stop, interval, once)
    os.close(handle)
    return Outcome("blocked" if once and tally["blocked"] else "passed", dict(tally))


def serve(inbox: Inbox, stop: threading.Event, interval: float, once: bool) -> Counter[str]:
    """Settle each file that two looks found unchanged; return how many came to which end."""
    tally: Counter[str] = Counter()
    before: dict[str, list[int]] = {}
    for turn in itertools.count():
        now = inbox.look()
        for name in (name for name, stamp in now.items() if before.get(name) == stamp):
            if not stop.is_set():
                tally[inbox.settle(name, now[name])] += 1
        before = now
        if (once and turn) or stop.wait(interval):
            break
    return tally


def _numbered(path: Path) -> Iterator[Path]:
    yield path
    for number in itertools.count(2):
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")
