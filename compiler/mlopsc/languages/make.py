"""Recipe words and target names of a GNU makefile."""

import re
from typing import Any

from mlopsc.languages import shell
from mlopsc.languages.language import Code, Language, Unwritable


def encode(value: Any) -> str:
    """Write a recipe's word, or the words of a list: quoted for the shell, `$` doubled for make.

    Raises `Unwritable` for line breaks, which end a recipe line, and for NUL.
    """
    text = shell.encode(value)
    if "\n" in text or "\r" in text:
        raise Unwritable("a recipe line cannot hold a line break")
    return text.replace("$", "$$")


def _name(value: Any) -> Code:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", str(value)):
        raise Unwritable(f"`{value}` is not the name of a make target")
    return Code(str(value))


MAKE = Language(
    name="make",
    encode=encode,
    comment=("# ", ""),
    # A recipe may begin with its word, behind the `@` that keeps make from printing it.
    place=re.compile(rf"\t@\0|{shell.WORD.pattern}"),
    filters={"name": _name},
    # A backslash at the end would continue the comment into the next line.
    remark=lambda text: text.rstrip("\\"),
)
