"""The answer of `check` as Markdown for a workflow's job summary, as long as GitHub shows it.

GitHub drops a step's whole summary beyond 1 MiB. What has no room is counted, with the command that
shows it.
"""

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence

from mlopsc.diagnostics import Diagnostic
from mlopsc.diagnostics.render.cells import printable
from mlopsc.languages.markdown import code, encode
from mlopsc.tree.diff import diff
from mlopsc.tree.entry import Plan
from mlopsc.tree.report import way_out

LIMIT = 1024 * 1024
# For the headings and for what says that something had no room.
_FRAME = 4096


class Summary:
    """Takes up plan after plan; keeps only what fits into `room`, in bytes."""

    def __init__(self, room: int, specs: Sequence[str]) -> None:
        self._specs = "".join(f" {shlex.quote(spec)}" for spec in specs)
        room = max(room - _FRAME, 0)
        self._files, self._refused, self._diff = _Part(room // 8), _Part(room // 8), _Part(room // 4 * 3)

    def add(self, plan: Plan) -> None:
        """Take up the files of a spec that are not as it wants them."""
        for entry in plan.entries:
            if entry.cause:
                row = (code(printable(entry.path)), entry.cause, encode(printable(way_out(entry))))
                self._files.add(f"| {' | '.join(row)} |")
        for line in diff(plan):
            self._diff.add(line)

    def text(self, rejected: Iterable[Diagnostic], alone: str) -> bytes:
        """Return the Markdown; `rejected` leave specs without an answer, `alone` says what was left out."""
        for found in rejected:
            self._refused.add(_item(found))
        lines = [f"## mlopsc check: {self._verdict()}", ""]
        lines += [encode(printable(alone)), ""] if alone else []
        lines += self._listed()
        lines += self._compared()
        return "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")

    def _verdict(self) -> str:
        refused, files = self._refused.count, self._files.count
        parts = [f"{refused} finding{'s' * (refused != 1)} leave no answer"] if refused else []
        parts += [f"{files} file{'s differ' if files != 1 else ' differs'}"] if files else []
        return ", ".join(parts) or "up to date"

    def _listed(self) -> Iterator[str]:
        if self._refused.count:
            yield from (*self._refused.lines, *self._more(self._refused, "findings", "check"), "")
        if self._files.count:
            yield from ("| file | cause | way out |", "| --- | --- | --- |", *self._files.lines, "")
            yield from self._more(self._files, "files", "check")

    def _compared(self) -> Iterator[str]:
        if not self._diff.count:
            return
        fence = "`" * max(self._diff.longest + 1, 3)
        yield from ("From what stands there to what the specs want:", "")
        yield from (f"{fence}diff", *self._diff.lines, fence, "")
        yield from self._more(self._diff, "lines of the diff", "diff")

    def _more(self, part: "_Part", what: str, command: str) -> Iterator[str]:
        left = part.count - len(part.lines)
        if left:
            shows = code(printable(f"mlopsc {command}{self._specs}"[: _FRAME // 8]))
            yield from (f"**{left:,} more {what}** have no room in a summary (1 MiB): {shows} shows all.", "")


class _Part:
    """Lines up to a number of bytes; those after the first that does not fit are only counted."""

    def __init__(self, room: int) -> None:
        self.lines: list[str] = []
        self.count = 0
        self.longest = 0
        self._left = room

    def add(self, line: str) -> None:
        self.count += 1
        self._left -= len(line.encode("utf-8", "backslashreplace")) + 1
        # A fence longer than every run of backticks inside is paid for twice.
        longest = max(self.longest, *map(len, re.findall("`+", line)), 0)
        self._left -= 2 * (longest - self.longest)
        if self._left >= 0:
            self.longest = longest
            self.lines.append(line)


def _item(found: Diagnostic) -> str:
    place = f" {code(printable(f'{found.span.file}:{found.span.line}'))}" if found.span else ""
    said = "; ".join(encode(printable(part)) for part in (found.message, found.hint) if part)
    return f"- **{found.code}**{place}: {said}"
