"""One hole, one value: a hole glued to other text, or inside a block of foreign code, is refused."""

import re

from mlopsc.languages import Language

_HOLE = re.compile(r"<%=(?P<code>.*?)%>")
_TAG = re.compile(r"<%(?![=#]).*?%>|<%#.*?%>", re.DOTALL)
_IS_CODE = re.compile(r"\|\s*(comment|code|name)\s*$")


class MisplacedHole(Exception):
    """A template holds a value where the language has no whole value."""


def check_placement(source: str, name: str, language: Language) -> None:
    """Raise `MisplacedHole` for the first hole that is not a whole value of its language."""
    block: int | None = None
    for number, line in enumerate(_TAG.sub("", source).split("\n"), 1):
        block = _still_inside(block, line)
        for hole in _HOLE.finditer(line):
            _check(line, hole, f"{name}:{number}", language, block is not None)
        opens = language.block and language.block.match(line)
        if block is None and opens:
            block = len(opens["indent"])


def _still_inside(block: int | None, line: str) -> int | None:
    indent = len(line) - len(line.lstrip(" "))
    return None if block is not None and line.strip() and indent <= block else block


def _check(line: str, hole: re.Match[str], where: str, language: Language, in_block: bool) -> None:
    before, after = line[: hole.start()], line[hole.end() :]
    if in_block:
        raise MisplacedHole(f"{where}: a hole inside a block of text; pass the value by `env:`")
    if language.comment and before.lstrip().startswith(language.comment[0].strip() or "\n"):
        if _IS_CODE.search(hole["code"]):
            return
        raise MisplacedHole(f"{where}: a value inside a comment needs the filter `comment`")
    before, after = _HOLE.sub("x", before), _HOLE.sub("x", after)
    if not (language.before.fullmatch(before) and language.after.fullmatch(after)):
        raise MisplacedHole(f"{where}: the hole is glued to other text; compose the value in the target")
