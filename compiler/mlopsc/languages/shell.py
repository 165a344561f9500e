"""Words of a POSIX shell, and the .env files that it sources."""

import re
import shlex
from typing import Any

from mlopsc.languages.language import Code, Language, Unwritable

_OUTSIDE_QUOTES = r"(?:[^'\"#`]|'[^']*'|\"[^\"]*\")*"
WORD = re.compile(rf"{_OUTSIDE_QUOTES}(?<![^\s=])\0(?=$|[\s;:)]){_OUTSIDE_QUOTES}(?:#.*)?")


def encode(value: Any) -> str:
    """Write one word, or the words of a list. Raises `Unwritable` for NUL and foreign types."""
    if isinstance(value, list | tuple):
        return " ".join(encode(item) for item in value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unwritable(f"a shell word cannot be made from {type(value).__name__}")
    text = str(value)
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise Unwritable("a shell word cannot hold this character")
    return shlex.quote(text)


SHELL = Language(
    name="shell",
    encode=encode,
    comment=("# ", ""),
    place=WORD,
)

DOTENV = Language(
    name="dotenv",
    encode=lambda value: "" if value == "" else encode(value),
    comment=("# ", ""),
    place=re.compile(r"[A-Za-z_][A-Za-z0-9_]*=\0"),
    filters={"name": lambda text: _name(str(text))},
)


def _name(text: str) -> Code:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text):
        raise Unwritable(f"`{text}` is not the name of an environment variable")
    return Code(text)
