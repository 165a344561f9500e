"""Findings for people: place, message, the line with carets, and the way out."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from mlopsc.diagnostics.codes import find
from mlopsc.diagnostics.diagnostic import Diagnostic
from mlopsc.diagnostics.render.cells import printable
from mlopsc.diagnostics.render.excerpt import excerpt, hidden

_COLOURS = {"error": "1;31", "warning": "1;33", "note": "1;36", "gutter": "34", "message": "1"}
# A value quoted in a message may be a whole file.
_LONGEST = 600

Paint = Callable[[str, str], str]
"""(style, text) -> text with its colour."""


def text(
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, str],
    where: Callable[[str], str],
    *,
    colour: bool = False,
) -> str:
    """Return the findings as a person likes to read them, and a last line that counts them."""
    if not diagnostics:
        return ""
    paint = _paint if colour else _plain
    secret = [found.span for found in diagnostics if found.span and find(found.code).hides]
    lines = {file: hidden(source.split("\n"), file, secret) for file, source in sources.items()}
    blocks = ["".join(_block(found, lines, where, paint)) for found in diagnostics]
    return "\n".join([*blocks, _tally(diagnostics, paint)])


def _block(
    found: Diagnostic, lines: Mapping[str, Sequence[str]], where: Callable[[str], str], paint: Paint
) -> Iterator[str]:
    severity, at = find(found.code).severity, found.span
    place = printable(f" {where(at.file)}:{at.line}:{at.column}") if at else ""
    yield f"{paint(severity, f'{severity}[{found.code}]')}{place}: {paint('message', _line(found.message))}\n"
    shown = excerpt(lines.get(at.file, ()), at) if at else None
    gutter = "  "
    if at and shown:
        gutter = " " * (len(str(at.line)) + 1)
        yield f"{paint('gutter', f'{at.line} |')} {shown.line}\n"
        yield f"{paint('gutter', f'{gutter}|')} {shown.indent}{paint(severity, shown.carets)}\n"
    if found.hint:
        yield f"{paint('gutter', f'{gutter}=')} help: {_line(found.hint)}\n"


def _tally(diagnostics: Sequence[Diagnostic], paint: Paint) -> str:
    counts = Counter(find(found.code).severity for found in diagnostics)
    parts = [
        paint(kind, f"{counts[kind]} {kind}{'s' * (counts[kind] != 1)}")
        for kind in ("error", "warning", "note")
        if counts[kind]
    ]
    return ", ".join(parts) + "\n"


def _line(message: str) -> str:
    half = _LONGEST // 2
    cut = message if len(message) <= _LONGEST else f"{message[:half]} … {message[-half:]}"
    return printable(cut)


def _paint(style: str, shown: str) -> str:
    return f"\x1b[{_COLOURS[style]}m{shown}\x1b[0m"


def _plain(_style: str, shown: str) -> str:
    return shown
