"""The line that a finding is about, with a run of carets under the place."""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from mlopsc.diagnostics.diagnostic import Span
from mlopsc.diagnostics.render.cells import cell, width

# Terminal columns of an excerpt, and how many of them stand before the place in a cut line.
_WIDEST = 100
_LEAD = 40


class Excerpt(NamedTuple):
    """A line as it is shown, and the run of carets below it with its indentation."""

    line: str
    indent: str
    carets: str


def excerpt(lines: Sequence[str], at: Span) -> Excerpt | None:
    """Return the first line of a place; None when there is nothing to see there."""
    line = lines[at.line - 1].rstrip() if at.line <= len(lines) else ""
    if not line:
        return None
    start = at.column - 1
    stop = at.end_column - 1 if at.end_line == at.line else len(line)
    return _marked(line, start, max(stop, start + 1))


def hidden(lines: Sequence[str], file: str, places: Iterable[Span]) -> list[str]:
    """Return the lines of a file with a dot for each character of the places in it."""
    covered = list(lines)
    for at in places:
        for number in range(at.line, at.end_line + 1) if at.file == file else ():
            line = covered[number - 1] if number <= len(covered) else ""
            start = at.column - 1 if number == at.line else 0
            stop = min(at.end_column - 1 if number == at.end_line else len(line), len(line))
            if start < stop:
                covered[number - 1] = line[:start] + "•" * (stop - start) + line[stop:]
    return covered


def _marked(line: str, start: int, stop: int) -> Excerpt:
    first, last = _window(line, min(start, len(line)))
    left, right = "…" * (first > 0), "…" * (last < len(line))
    indent = " " * (len(left) + _columns(line[first:start]))
    carets = "^" * max(_columns(line[start : min(stop, last)]), 1)
    return Excerpt(left + "".join(map(cell, line[first:last])) + right, indent, carets)


def _window(line: str, start: int) -> tuple[int, int]:
    """Return the part of a line that is shown, as the index of its first character and of its end."""
    if len(line) <= _WIDEST and _columns(line) <= _WIDEST:
        return 0, len(line)
    first = start - _fitting(line[max(start - _LEAD, 0) : start][::-1], _LEAD)
    left = _WIDEST - _columns(line[first:start])
    return first, start + _fitting(line[start : start + left], left)


def _fitting(text: str, columns: int) -> int:
    """Return how many characters from the front of a text fit."""
    return sum(end <= columns for end in accumulate(map(_columns, text)))


def _columns(text: str) -> int:
    return width("".join(map(cell, text)))
