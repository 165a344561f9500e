"""Markdown text in which no value can become markup."""

import re
from typing import Any

from mlopsc.languages.characters import plain
from mlopsc.languages.language import Code, Language, one_line

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>&])")
_NEEDS = re.compile(r"[\\`*\[\]|~<>&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|^[#+\-=>]|^\d+[.)]|^\s|\s$|  ")


def encode(value: Any) -> str:
    """Write inline text, fit for a paragraph, a list item or a table cell."""
    text = str(value)
    if not _NEEDS.search(text) and plain(text):
        return text
    return "".join(_entity(c) for c in _SPECIAL.sub(r"\\\1", text))


def _entity(char: str) -> str:
    return char if plain(char) else f"&#{ord(char)};"


def code(value: Any) -> Code:
    """Write a code span whose fence is longer than any run of backticks inside."""
    text = one_line(str(value)).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text else ""
    return Code(f"{fence}{pad}{text}{pad}{fence}")


MARKDOWN = Language(
    name="markdown",
    encode=encode,
    comment=("<!-- ", " -->"),
    filters={"code": code, "comment": lambda text: Code(one_line(str(text)).replace("--", "- -"))},
)
