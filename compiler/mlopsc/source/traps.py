"""What people write that YAML reads otherwise: a scanner's complaint becomes advice."""

import re
from collections.abc import Callable

from mlopsc.diagnostics import Diagnostic, Span

_SCHEDULES = {
    "@hourly": "hourly",
    "@daily": "daily",
    "@midnight": "daily",
    "@weekly": "weekly",
    "@monthly": "monthly",
}


def explain(text: str, at: Span, problem: str) -> Diagnostic:
    """Return the diagnostic for a syntax error that the YAML parser reported at a place."""
    line = dict(enumerate(text.split("\n"), 1)).get(at.line, "")
    for trap in _TRAPS:
        found = trap(line, at, problem)
        if found:
            return found
    plainly = problem.replace("did not find expected ", "expected ").replace(
        "could not find expected ", "expected "
    )
    return Diagnostic("M105", f"this is not YAML: {plainly}", hint=_hint(problem), span=at)


def _tab(line: str, at: Span, _problem: str) -> Diagnostic | None:
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" not in indent:
        return None
    message = "a tab indents this line; YAML allows only spaces"
    place = _span(at, indent.index("\t"), 1)
    return Diagnostic("M113", message, hint="replace each tab by two spaces", span=place)


def _at_sign(line: str, at: Span, _problem: str) -> Diagnostic | None:
    rest = line[at.column - 1 :]
    if not rest.startswith("@"):
        return None
    word = re.split(r"[\s,}\]]", rest)[0]
    hint = f"say `{_SCHEDULES[word]}`" if word in _SCHEDULES else f"quote it: '{word}'"
    message = "plain text cannot start with `@`"
    return Diagnostic("M105", message, hint=hint, span=_span(at, at.column - 1, len(word)))


def _backquote(line: str, at: Span, _problem: str) -> Diagnostic | None:
    found = re.match(r"`([^`]*)`?", line[at.column - 1 :])
    if not found:
        return None
    place = _span(at, at.column - 1, len(found.group()))
    message = "plain text cannot start with a backquote"
    return Diagnostic("M105", message, hint=f"use single quotes: '{found.group(1)}'", span=place)


def _star(line: str, at: Span, problem: str) -> Diagnostic | None:
    star = re.search(r"(?<=[:\[{,-] )\*[^\s,}\]]*( [^,}\]#]+)?", line)
    if ("alias" not in problem and "alphabetic" not in problem) or not star:
        return None
    value = star.group().strip()
    place = _span(at, star.start(), len(value))
    return Diagnostic("M105", "an unquoted `*` starts a YAML alias", hint=f"quote it: '{value}'", span=place)


def _colon(line: str, at: Span, problem: str) -> Diagnostic | None:
    if "mapping values are not allowed" not in problem:
        return None
    if ": " in line[: at.column - 1]:
        hint = "quote the text that holds it, or start a new line"
        return Diagnostic("M105", "a second `: ` stands in this line", hint=hint, span=at)
    hint = "is this line indented too deep, or does the line before lack its `:`?"
    return Diagnostic("M105", "no key can stand here: the line before goes on", hint=hint, span=at)


def _percent(line: str, at: Span, problem: str) -> Diagnostic | None:
    if "cannot start" not in problem or not line[at.column - 1 :].startswith("%"):
        return None
    hint = "quote it; a share is written `5%`"
    return Diagnostic("M105", "plain text cannot start with `%`", hint=hint, span=at)


_TRAPS: tuple[Callable[[str, Span, str], Diagnostic | None], ...] = (
    _tab,
    _at_sign,
    _backquote,
    _star,
    _colon,
    _percent,
)

_HINTS = {
    "<block end>": "is this line indented as the lines around it?",
    "expected key": "is this line indented as the lines around it?",
    "expected ':'": "does a line before lack its `:`?",
    "',' or": "is a bracket or a comma missing before this place?",
    "escape character": "in double quotes `\\` starts an escape; single quotes take text as it stands",
}


def _hint(problem: str) -> str:
    known = (hint for part, hint in _HINTS.items() if part in problem)
    return next(known, "look at the indentation, quotes and brackets before this place")


def _span(at: Span, start: int, width: int) -> Span:
    return Span(at.file, at.line, start + 1, at.line, start + 1 + max(width, 1))
