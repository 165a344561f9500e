"""Python literals, as a formatter would leave them."""

import ast
import keyword
import re
from collections.abc import Mapping
from typing import Any

from mlopsc.languages.characters import escape
from mlopsc.languages.language import Code, Language, Unwritable

_STRING = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""


def encode(value: Any) -> str:
    """Write a literal. Raises `Unwritable` for lone surrogates and foreign types."""
    match value:
        case None | bool():
            return repr(value)
        case int():
            return str(value)
        case float():
            return repr(value) if value == value and abs(value) != float("inf") else f'float("{value}")'
        case str():
            return _text(value)
        case list():
            return f"[{', '.join(encode(item) for item in value)}]"
        case tuple():
            return f"({', '.join(encode(item) for item in value)}{',' if len(value) == 1 else ''})"
        case dict():
            return f"{{{', '.join(f'{encode(k)}: {encode(v)}' for k, v in value.items())}}}"
    raise Unwritable(f"Python source has no literal for {type(value).__name__}")


def keywords(value: Mapping[str, Any]) -> Code:
    """Write the keyword arguments of a call. Raises `Unwritable` for what is no name of an argument."""
    for name in value:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise Unwritable(f"{name!r} is no name of an argument")
    return Code(", ".join(f"{name}={encode(each)}" for name, each in value.items()))


def _text(value: str) -> str:
    if any("\ud800" <= c <= "\udfff" for c in value):
        raise Unwritable("a lone surrogate is not a character")
    quote = "'" if '"' in value and "'" not in value else '"'
    inner = value.replace("\\", "\\\\").replace(quote, "\\" + quote)
    for char, written in (("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")):
        inner = inner.replace(char, written)
    return f"{quote}{escape(inner)}{quote}"


def _check(text: str) -> str:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError) as error:
        return str(error)
    return ""


PYTHON = Language(
    name="python",
    encode=encode,
    comment=("# ", ""),
    place=re.compile(rf"(?:[^'\"#]|{_STRING})*(?<![\w'\"])\0(?![\w'\"]).*"),
    filters={"keywords": keywords},
    check=_check,
    fence=re.compile(r"\"{3}|'{3}"),
)
