"""Findings as workflow commands of GitHub Actions, which shows them beside the changed lines."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Literal

from mlopsc.diagnostics.codes import find
from mlopsc.diagnostics.diagnostic import Diagnostic
from mlopsc.diagnostics.render.cells import printable

Kind = Literal["error", "warning", "notice"]
_KINDS: dict[str, Kind] = {"error": "error", "warning": "warning", "note": "notice"}
# A step shows ten annotations of a kind; the last notice is kept for the sum of the rest.
_LIMITS: dict[Kind, int] = {"error": 10, "warning": 10, "notice": 9}


def github(diagnostics: Iterable[Diagnostic], where: Callable[[str], str], command: str) -> str:
    """Return one `::error file=…::message` per finding, and one notice for those beyond the limit.

    `command` is what shows all of them.
    """
    lines: dict[Kind, list[str]] = defaultdict(list)
    for found in diagnostics:
        kind = _KINDS[find(found.code).severity]
        lines[kind].append(_command(kind, found, where))
    shown = [line for kind, limit in _LIMITS.items() for line in lines[kind][:limit]]
    return "".join(f"{line}\n" for line in [*shown, *_rest(lines, command)])


def _command(kind: Kind, found: Diagnostic, where: Callable[[str], str]) -> str:
    properties = {**_place(found, where), "title": f"{found.code} {find(found.code).title}"}
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = "\n".join(printable(part) for part in (found.message, found.hint) if part)
    return f"::{kind} {given}::{_data(text)}"


def _place(found: Diagnostic, where: Callable[[str], str]) -> dict[str, str]:
    at = found.span
    if at is None:
        return {}
    place = {"file": printable(where(at.file)), "line": str(at.line)}
    # Columns are understood only where the place is within one line.
    if at.line == at.end_line:
        return {**place, "col": str(at.column), "endColumn": str(at.end_column)}
    return {**place, "endLine": str(at.end_line)}


def _rest(lines: dict[Kind, list[str]], command: str) -> list[str]:
    left = {kind: len(lines[kind]) - limit for kind, limit in _LIMITS.items()}
    parts = [f"{count} {kind}{'s' * (count != 1)}" for kind, count in left.items() if count > 0]
    if not parts:
        return []
    return [f"::notice title=mlopsc::not shown here: {' and '.join(parts)}; `{command}` shows all"]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
