"""Words of a POSIX shell, and the .env files that it sources."""

import re
import shlex
from typing import Any

from mlopsc.languages.language import Code, Language, Unwritable, one_line


def encode(value: Any) -> str:
    """Write one word, or the words of a list. Raises `Unwritable` for NUL and foreign types."""
    if isinstance(value, list | tuple):
        return " ".join(encode(item) for item in value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unwritable(f"a shell word cannot be made from {type(value).__name__}")
    text = str(value)
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise Unwritable("a shell word cannot hold this character")
    return shlex.quote(text) if text else "''"


SHELL = Language(
    name="shell",
    encode=encode,
    comment=("# ", ""),
    before=re.compile(r"([^#'\"`]*[ =])?"),
    after=re.compile(r"([ ;)].*)?"),
    filters={"comment": lambda text: Code(one_line(str(text)))},
)

DOTENV = Language(
    name="dotenv",
    encode=lambda value: "" if value == "" else encode(value),
    comment=("# ", ""),
    before=re.compile(r"([A-Za-z_][A-Za-z0-9_]*=)?"),
    after=re.compile(r"=?"),
    filters={"comment": lambda text: Code(one_line(str(text))), "name": lambda text: _name(str(text))},
)


def _name(text: str) -> Code:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text):
        raise Unwritable(f"`{text}` is not the name of an environment variable")
    return Code(text)
