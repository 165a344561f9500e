"""Groovy literals, as Jenkins reads its pipelines: no text is ever interpolated."""

import re
from typing import Any

from mlopsc.languages.characters import escape
from mlopsc.languages.language import Code, Language, Unwritable

_STRING = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_LATIN = re.compile(r"[\x00-\x1f\x7f-\xa0\xad]")


def encode(value: Any) -> str:
    """Write a literal. Raises `Unwritable` for lone surrogates, fractions and foreign types."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str():
            return _text(value)
        case list() | tuple():
            return f"[{', '.join(encode(item) for item in value)}]"
    raise Unwritable(f"a Jenkinsfile has no literal for {type(value).__name__}")


def _text(value: str) -> str:
    if any("\ud800" <= c <= "\udfff" for c in value):
        raise Unwritable("a lone surrogate is not a character")
    inner = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t")
    # Groovy replaces \uNNNN before it looks for strings: what ends a line must be octal.
    inner = _LATIN.sub(lambda match: f"\\{ord(match.group()):03o}", inner)
    hidden = escape(inner, "json")
    # It does so only behind no other backslash, which is therefore octal, too.
    return f"'{inner if hidden == inner else escape(inner.replace(chr(92) * 2, chr(92) + '134'), 'json')}'"


def _name(value: Any) -> Code:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", str(value)):
        raise Unwritable(f"`{value}` is not the name of an environment variable")
    return Code(str(value))


GROOVY = Language(
    name="groovy",
    encode=encode,
    comment=("// ", ""),
    place=re.compile(rf"(?:[^'\"/]|{_STRING})*(?<![\w'\"$])\0(?![\w'\"]).*"),
    filters={"name": _name},
    # \u000a ends a line in a comment as well.
    remark=lambda text: re.sub(r"\\(?=u)", r"\\ ", text),
    fence=re.compile(r"\"{3}|'{3}"),
    spots={"name": re.compile(r" *\0 = .*")},
)
