"""Requirement lines of pip."""

import re
from typing import Any

from mlopsc.languages.language import Language, Unwritable


def encode(value: Any) -> str:
    """Write a requirement, or a file's path after `-r`; raises `Unwritable` for all but plain words."""
    text = str(value)
    if not re.fullmatch(r"[A-Za-z0-9._/\[\],=<>~!-]+", text) or text.startswith("-"):
        raise Unwritable("a requirement file holds names, versions and plain paths only")
    return text


REQUIREMENTS = Language(
    name="requirements",
    encode=encode,
    comment=("# ", ""),
    place=re.compile(r"(-r )?\0"),
)
