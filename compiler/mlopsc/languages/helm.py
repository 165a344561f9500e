"""Templates of a Helm chart: YAML, with actions of Go's text/template in between that no value can begin."""

import re
from typing import Any

from mlopsc.languages import yaml
from mlopsc.languages.characters import plain
from mlopsc.languages.language import Code, Language, Unwritable

_COMMENT = re.compile(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", re.DOTALL)
# Ends at the first `}}` outside of its strings (pkg.go.dev/text/template, "Actions").
_ACTION = re.compile(r"\{\{(?:\"(?:\\.|[^\"\\])*\"|`[^`]*`|(?!\}\})[^\"`])*\}\}")
_CONTROL = re.compile(r"\{\{-? *(?:(?:if|else|end|range|with|define|block)\b|\$\w+ *:?=)")


def encode(value: Any) -> str:
    """Write a YAML scalar, list or mapping; raises `Unwritable` as YAML does."""
    return _inert(yaml.encode(value))


def _inert(text: str) -> str:
    """Return text that the template engine writes as it stands here."""
    return text.replace("{{", '{{ "{{" }}')


def _go(value: Any) -> Code:
    """Write a string within an action (go.dev/ref/spec, "String literals").

    Raises `Unwritable` for lone surrogates.
    """
    text = str(value)
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise Unwritable("a lone surrogate is not a character")
    return Code('"' + "".join(map(_character, text)) + '"')


def _character(c: str) -> str:
    if c in '\\"':
        return f"\\{c}"
    # Not `\xNN`, which is a byte.
    return c if plain(c) else f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}"


def _check(text: str) -> str:
    """Read what is left when actions are taken for the values or lines that they become."""
    lines = (_line(line) for line in _COMMENT.sub("", text).split("\n"))
    rest = "\n".join(lines)
    return "an action does not end, or ends twice" if "{{" in rest else yaml.YAML.check(rest)


def _line(line: str) -> str:
    found = line.strip()
    indent = line[: len(line) - len(line.lstrip())]
    if _ACTION.fullmatch(found):
        if not _CONTROL.match(found):
            return f"{indent}x: x"
        # Each definition is a text of its own.
        return "---" if "define" in found else ""
    return _ACTION.sub("x", line)


HELM = Language(
    name="helm",
    encode=encode,
    # A comment of YAML would be part of what is applied, and its actions would run.
    comment=("{{/* ", " */}}"),
    remark=lambda text: text.replace("*/", "* /"),
    # Not within an action, where `{{` would be taken for two mappings.
    place=re.compile(rf"(?!.*\{{\{{(?:(?!\}}\}}).)*\0)(?:{yaml.YAML.place.pattern})"),
    check=_check,
    filters={
        "name": lambda value: Code(encode(str(value))),
        "plain": lambda value: Code(_inert(yaml.YAML.filters["plain"](value))),
        "go": _go,
    },
    spots={
        **yaml.YAML.spots,
        "go": re.compile(r".*\{\{(?:\"[^\"]*\"|(?!\}\})[^\"])*(?<=[ (])\0(?=[ )]).*"),
    },
    block=yaml.YAML.block,
)
