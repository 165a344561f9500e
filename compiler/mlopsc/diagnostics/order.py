"""The order in which findings are shown."""

from collections.abc import Iterable

from mlopsc.diagnostics.diagnostic import Diagnostic

_Key = tuple[str, int, int, str, str, int, int]


def ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return each finding once, by file, line, column and code; those without a place come first."""
    once = {(d.code, d.span, d.message): d for d in diagnostics}
    return sorted(once.values(), key=_key)


def _key(found: Diagnostic) -> _Key:
    if found.span is None:
        return ("", 0, 0, found.code, found.message, 0, 0)
    at = found.span
    return (at.file, at.line, at.column, found.code, found.message, at.end_line, at.end_column)
