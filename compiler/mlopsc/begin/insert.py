"""Puts a section into the text of a spec; every byte that was there stays."""

import re

from mlopsc.begin.declined import Declined
from mlopsc.diagnostics import Span
from mlopsc.source.nodes import Node
from mlopsc.spec.root import KEYS

_BOM = b"\xef\xbb\xbf"
# The line ends of `source.text`, so that the lines are those that positions count.
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_ORDER = {name: rank for rank, name in enumerate(KEYS)}


class NoPlace(Declined):
    """The spec is written in a way that leaves no line between two sections."""


def insert(spec: bytes, root: Node, section: str, text: str) -> bytes:
    """Return the spec with the text of a section in its usual place.

    That is before the section that follows in the order of the language, comments above it
    included, or at the end. `root` is what was read from `spec`. Raises `NoPlace`.
    """
    mark = _BOM if spec.startswith(_BOM) else b""
    lines = _LINE.findall(spec.removeprefix(_BOM))
    indent = _indent(root, lines)
    follower = _follower(root, section)
    at = _above(lines, follower.line - 1, indent) if follower else _end(lines, root)
    end = _line_end(lines)
    new = [indent + line.encode() + end for line in text.removesuffix("\n").split("\n")]
    return mark + b"".join([*_closed(lines[:at], end), *new, *_parted(lines[at:], end)])


def _indent(root: Node, lines: list[bytes]) -> bytes:
    first = root.span
    line = lines[first.line - 1].decode()
    before = line[: first.column - 1]
    if before.strip() or line[first.column - 1] == "{":
        place = f"{first.file}:{first.line}:{first.column}"
        raise NoPlace(f"{place}: write each section on a line of its own, not within `{{…}}`, to add one")
    return before.encode()


def _follower(root: Node, section: str) -> Span | None:
    ranked = [(_ORDER[name], key) for name, key in _keys(root).items() if name in _ORDER]
    return min((pair for pair in ranked if pair[0] > _ORDER[section]), default=(0, None))[1]


def _keys(root: Node) -> dict[str, Span]:
    value = root.value if isinstance(root.value, dict) else {}
    return {name: node.key for name, node in value.items() if node.key}


def _above(lines: list[bytes], at: int, indent: bytes) -> int:
    """Return where the comments begin that belong to the key on a line."""
    while at and lines[at - 1].startswith(indent + b"#"):
        at -= 1
    return at


def _end(lines: list[bytes], root: Node) -> int:
    last = max(key.line for key in _keys(root).values())
    closing = (n for n, line in enumerate(lines) if n >= last and re.match(rb"\.\.\.(\s|$)", line))
    return next(closing, len(lines))


def _line_end(lines: list[bytes]) -> bytes:
    found = re.search(rb"[\r\n]+$", lines[0])
    return found.group() if found else b"\n"


def _closed(lines: list[bytes], end: bytes) -> list[bytes]:
    """End the last line, and part it from what comes."""
    if not lines:
        return []
    ended = lines if lines[-1].endswith((b"\n", b"\r")) else [*lines[:-1], lines[-1] + end]
    return ended if not ended[-1].strip() else [*ended, end]


def _parted(lines: list[bytes], end: bytes) -> list[bytes]:
    return lines if not lines or not lines[0].strip() else [end, *lines]
