"""Which characters may stand in a file as they are.

A fixed table and not `str.isprintable`, whose answer changes with the Unicode version of Python:
output is the same under every one. Everything that hides, reorders or breaks lines is left out.
"""

import re

_HIDDEN = (
    "\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3000\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U0001d173-\U0001d17a"
    "\U000e0000-\U0010ffff"
)
_ESCAPED = re.compile(f"[{_HIDDEN}]")


def plain(text: str) -> bool:
    """Say whether all characters are visible and stay on their line."""
    return not _ESCAPED.search(text)


def escape(text: str, write: str = "") -> str:
    r"""Replace hidden characters by `\xNN`, `\uNNNN` or `\UNNNNNNNN`, as YAML and Python read them.

    With `write="json"` all are written as `\uNNNN`, in surrogate pairs where needed.
    """
    return _ESCAPED.sub(_json if write == "json" else _wide, text)


def _wide(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
