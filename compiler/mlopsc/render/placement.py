"""One hole, one value: a hole glued to other text, or inside a block of foreign code, is refused."""

import re
from collections.abc import Iterator

from mlopsc.languages import Language

_HOLE = re.compile(r"<%=(?P<code>.*?)%>", re.DOTALL)
# As jinja2 removes them: with the blanks before them on their line, and the line end behind them.
_TAG = re.compile(r"(?:^[ \t]*)?(?:<%(?![=#]).*?%>|<%#.*?%>)\n?", re.DOTALL | re.MULTILINE)
_TRIMS = re.compile(r"<%=?[-+]|[-+]%>")
_FILTER = re.compile(r"\|\s*(\w+)\s*$")


class MisplacedHole(Exception):
    """A template holds a value where the language has no whole value."""


def check_placement(source: str, name: str, language: Language) -> None:
    """Raise `MisplacedHole` for the first hole that is not a whole value of its language."""
    if _TRIMS.search(source):
        raise MisplacedHole(f"{name}: `-` and `+` in a tag move text together; leave them out")
    for line, foreign in _lines(_HOLE.sub(_joined, _TAG.sub("", source)), language):
        for hole in _HOLE.finditer(line):
            wrong = _wrong(line[: hole.start()], hole["code"], line[hole.end() :], language, foreign)
            if wrong:
                raise MisplacedHole(f"{name}: `{hole.group()}` in `{line.strip()}`: {wrong}")


def _joined(hole: re.Match[str]) -> str:
    return " ".join(hole.group().split())


def _lines(text: str, language: Language) -> Iterator[tuple[str, bool]]:
    """Yield each line, and whether it lies in a block of foreign text."""
    block: int | None = None
    fenced = False
    for line in text.split("\n"):
        if block is not None and line.strip() and len(line) - len(line.lstrip(" ")) <= block:
            block = None
        marks = len(language.fence.findall(line)) if language.fence else 0
        yield line, block is not None or fenced or marks > 0
        fenced ^= marks % 2 == 1
        opens = language.block and language.block.match(line)
        if block is None and opens:
            block = len(opens["indent"])


def _wrong(before: str, code: str, after: str, language: Language, foreign: bool) -> str:
    before, after = _HOLE.sub("x", before), _HOLE.sub("x", after)
    named = _FILTER.search(code)
    if foreign:
        return "a hole inside a block of text; pass the value by `env:`"
    if named and named[1] == "comment":
        return "" if _in_comment(before, language) else "the filter `comment` is for comments"
    if _in_comment(before, language):
        return "a value inside a comment needs the filter `comment`"
    if named and named[1] in language.spots:
        fits = language.spots[named[1]].fullmatch(f"{before}\0{after}")
        return "" if fits else f"the filter `{named[1]}` does not fit there"
    if named and named[1] == "name" and not re.search(r"['\"`]", before):
        return ""
    glued = "the hole is glued to other text; compose the value in the target"
    return "" if language.place.fullmatch(f"{before}\0{after}") else glued


def _in_comment(before: str, language: Language) -> bool:
    if language.comment is None:
        return False
    opener = language.comment[0].strip()
    if opener == "#":
        return bool(re.fullmatch(r"(?:[^'\"#]|'[^']*'|\"[^\"]*\")*#.*", before))
    return before.rfind(opener) > before.rfind("-->")
