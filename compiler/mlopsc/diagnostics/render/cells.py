"""How wide a text is in a terminal, and how a character that must not reach one is shown."""

import unicodedata

_TAB = "    "
# Control, format (bidirectional overrides among them), surrogate, private, unassigned, separators.
_UNSHOWN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def printable(text: str) -> str:
    """Return one line of text in which nothing can move a cursor or end the line."""
    return text if text.isascii() and text.isprintable() else "".join(map(_escaped, text))


def cell(char: str) -> str:
    """Return what stands for a character in an excerpt."""
    return _TAB if char == "\t" else _escaped(char)


def width(text: str) -> int:
    """Return the number of terminal columns of printable text."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _escaped(char: str) -> str:
    if unicodedata.category(char) not in _UNSHOWN:
        return char
    return char.encode("unicode_escape").decode("ascii")


def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
