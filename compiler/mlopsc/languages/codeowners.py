"""Lines of CODEOWNERS: a pattern, then its owners."""

import re
from typing import Any

from mlopsc.languages.language import Language, Unwritable

_WORD = re.compile(r"[A-Za-z0-9_.*@/+%-]+")


def encode(value: Any) -> str:
    """Write a word, or the words of a list, with a space between.

    Raises `Unwritable` for what would need an escape, which owners' lines have only in part
    (docs.github.com, "About code owners").
    """
    if isinstance(value, list | tuple):
        return " ".join(encode(item) for item in value)
    text = str(value)
    if not _WORD.fullmatch(text):
        raise Unwritable("a line of CODEOWNERS holds plain words")
    return text


CODEOWNERS = Language(
    name="codeowners",
    encode=encode,
    comment=("# ", ""),
    place=re.compile(r"(?:[^\s#]+ )*\0(?: \S+)*"),
)
