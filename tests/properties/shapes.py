"""A generated file taken apart: its structure, and the texts that stand in it as its readers see them."""

import ast
import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml
from configobj import ConfigObj
from markdown_it import MarkdownIt
from mlopsc.compile import Compiled
from mlopsc.files import Rendered, Verbatim
from mlopsc.languages import language_of

MARKDOWN = MarkdownIt("commonmark").enable("table").enable("strikethrough")


@dataclass
class Shape:
    """`structure` is what no value may change, `texts` are what values may fill."""

    structure: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def text(self, value: str) -> None:
        self.structure.append("text")
        self.texts.append(value)


def shapes(compiled: Compiled) -> dict[str, Shape]:
    """Return the shape of each file, by path."""
    return {made.file.path: shape(made) for made in compiled.files}


def shape(made: Rendered) -> Shape:
    """Take a file apart with a reader of its language."""
    found, text = Shape(), made.content.decode()
    if isinstance(made.file.content, Verbatim):
        found.structure.append(text)
    else:
        _READERS[language_of(made.file.path).name](text, found)
    return found


def _json(text: str, found: Shape) -> None:
    _value(json.loads(text), found)


def _value(value: Any, found: Shape) -> None:
    found.structure.append(type(value).__name__)
    if isinstance(value, dict):
        for key, inner in value.items():
            found.text(key)
            _value(inner, found)
    elif isinstance(value, list):
        for inner in value:
            _value(inner, found)
    else:
        found.text(str(value))


def _yaml(text: str, found: Shape) -> None:
    for event in yaml.parse(text, yaml.CSafeLoader):
        found.structure.append(type(event).__name__)
        if isinstance(event, yaml.ScalarEvent):
            found.text(event.value)


def _python(text: str, found: Shape) -> None:
    for node in ast.walk(ast.parse(text)):
        found.structure.append(type(node).__name__)
        if isinstance(node, ast.Constant):
            found.text(str(node.value))


def _make(text: str, found: Shape) -> None:
    for line in text.splitlines():
        code, mark, remark = line.partition(" ## ")
        if line.startswith(("\t@$(PYTHON) ", "\t@ops/")):
            words = shlex.split(line.replace("$$", "$"))
            found.structure.append(f"recipe of {len(words)}")
            for word in words:
                found.text(word)
        else:
            found.structure.append(code)
            if mark:
                found.text(remark)


def _markdown(text: str, found: Shape) -> None:
    for token in MARKDOWN.parse(text):
        found.structure.append(token.type)
        if token.type == "inline":
            children = token.children or []
            found.structure += [
                child.type for child in children if child.type not in ("text", "text_special")
            ]
            found.text("".join(child.content for child in children))


def _lines(text: str, found: Shape) -> None:
    for line in text.splitlines():
        found.text(line)


def _ini(text: str, found: Shape) -> None:
    _value(ConfigObj(text.splitlines()).dict(), found)


def _groovy(text: str, found: Shape) -> None:
    """Strings are texts; what stands between them is code, and comments hold what a comment may."""
    for line in text.splitlines():
        if line.lstrip().startswith("//"):
            found.text(line)
            continue
        code = _STRINGS.sub("''", line)
        found.structure.append(code)
        for string in _STRINGS.findall(line):
            found.text(_spoken(string[1:-1]))


def _spoken(inner: str) -> str:
    """Return what a Groovy string says: its escapes, and pairs of halves as one character."""
    named = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
    plain = re.sub(
        r"\\(?:u([0-9A-Fa-f]{4})|([0-3][0-7]{2})|(.))",
        lambda m: chr(int(m[1], 16) if m[1] else int(m[2], 8)) if m[1] or m[2] else named.get(m[3], m[3]),
        inner,
    )
    return plain.encode("utf-16", "surrogatepass").decode("utf-16")


def _words(text: str, found: Shape) -> None:
    for line in text.splitlines():
        found.structure.append(f"{len(line.split())} words")
        found.text(line)


_STRINGS = re.compile(r"'(?:[^'\\]|\\.)*'")
_READERS: dict[str, Callable[[str, Shape], None]] = {
    "json": _json,
    "yaml": _yaml,
    "python": _python,
    "make": _make,
    "markdown": _markdown,
    "dotenv": _lines,
    "requirements": _lines,
    "shell": _lines,
    "ini": _ini,
    "groovy": _groovy,
    "helm": _lines,
    "codeowners": _words,
}
