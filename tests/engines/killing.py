"""Ends programs at any of their lines, as a kill would."""

import os
import random
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

KILLS = 100
Work = Callable[[], Any]


class Killed(BaseException):
    """The process ends here: nothing of the program catches this."""


class Lines:
    """Counts the lines that the programs of a folder run, and calls `end` at one of them."""

    def __init__(self, folder: Path, last: int, end: Callable[[], None]) -> None:
        self.folder, self.last, self.end, self.count = str(folder), last, end, 0

    def __call__(self, frame: FrameType, event: str, _given: Any) -> "Lines | None":
        if not frame.f_code.co_filename.startswith(self.folder):
            return None
        if event == "line":
            self.count += 1
            if self.count == self.last:
                self.end()
        return self


def _raise() -> None:
    raise Killed


@contextmanager
def _traced(lines: Lines) -> Iterator[None]:
    threading.settrace(lines)
    sys.settrace(lines)
    try:
        yield
    finally:
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]


def length(folder: Path, work: Work) -> int:
    """Do the work; return how many lines of the programs it ran."""
    lines = Lines(folder, 0, _raise)
    with _traced(lines):
        work()
    return lines.count


def interrupted(folder: Path, work: Work, last: int) -> bool:
    """Do the work up to a line, where it is raised out of; return whether it got there."""
    try:
        with _traced(Lines(folder, last, _raise)):
            work()
    except Killed:
        return True
    return False


def killed(folder: Path, work: Work, last: int) -> bool:
    """Do the work in a process that ends at a line, without any clearing up; return whether it got there."""
    child = os.fork()
    if not child:
        with _traced(Lines(folder, last, lambda: os._exit(9))):
            try:
                work()
            finally:
                os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def points(total: int, count: int = KILLS) -> list[int]:
    """Return lines by chance, the same ones every time; the first and the last are among them."""
    chance = random.Random(total)
    return [1, total, *(chance.randint(1, total) for _ in range(count - 2))]
