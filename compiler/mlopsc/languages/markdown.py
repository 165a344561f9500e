"""Markdown text in which no value can become markup."""

import re
from typing import Any

from mlopsc.languages.characters import plain
from mlopsc.languages.language import Code, Language, Unwritable, one_line

# Escaped wherever they stand, and where they would begin or end a block: `# a`, `- a`, `1. a`, `a #`.
_SPECIAL = re.compile(r"[\\`*_\[\]|~<>&]|^[#+\-=]|#$")
_NUMBERED = re.compile(r"^(\d+)([.)])")
_NEEDS = re.compile(r"[\\`*\[\]|~<>&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|^[#+\-=>]|#$|^\d+[.)]|^\s|\s$|  ")
# Spaces at an end, or after one another: readers drop them.
_SPACE = re.compile(r"^ | $|(?<= ) ")
# What no character reference stands for (spec.commonmark.org/0.31.2, HTML's list of control characters).
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def encode(value: Any) -> str:
    """Write inline text, fit for a paragraph, a list item or a table cell.

    Raises `Unwritable` for control characters and lone surrogates.
    """
    text = str(value)
    if not _NEEDS.search(text) and plain(text):
        return text
    if _NO_TEXT.search(text):
        raise Unwritable("Markdown has no way to write a control character")
    escaped = _NUMBERED.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", text))
    return _SPACE.sub("&#32;", "".join(map(_entity, escaped)))


def _entity(char: str) -> str:
    return char if plain(char) else f"&#{ord(char)};"


def code(value: Any) -> Code:
    """Write a code span whose fence is longer than any run of backticks inside; fit for a table cell."""
    text = one_line(str(value)).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text else ""
    return Code(f"{fence}{pad}{text}{pad}{fence}")


MARKDOWN = Language(
    name="markdown",
    encode=encode,
    comment=("<!-- ", " -->"),
    place=re.compile(r"(?:[^`<]|`[^`]*`)*(?<!`)(?<!\]\()\0(?!`).*"),
    filters={"code": code},
    remark=lambda text: re.sub("-(?=[->])", "- ", text),
    fence=re.compile(r"^ *(?:```|~~~)"),
)
