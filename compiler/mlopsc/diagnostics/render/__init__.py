"""How findings are shown: as text for people, and in three forms for programs."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from mlopsc.diagnostics.diagnostic import Diagnostic
from mlopsc.diagnostics.order import ordered

Form = Literal["text", "json", "github", "sarif"]
Where = Callable[[str], str]
"""A file's path from the repository root -> the name to print."""


def render(
    form: Form,
    diagnostics: Iterable[Diagnostic],
    sources: Mapping[str, str],
    where: Where = str,
    *,
    colour: bool = False,
    command: str = "mlopsc validate",
) -> str:
    """Return the findings, sorted and without doubles, in one of the four forms.

    `sources` maps a file to its text for the excerpts; only the text form uses it, and `colour`.
    `command` is named where a form has no room for all findings: it shows them.
    """
    found = ordered(diagnostics)
    if form == "text":
        from mlopsc.diagnostics.render.text import text

        return text(found, sources, where, colour=colour)
    if form == "json":
        from mlopsc.diagnostics.render.json import as_json

        return as_json(found, where)
    if form == "github":
        from mlopsc.diagnostics.render.github import github

        return github(found, where, command)
    from mlopsc.diagnostics.render.sarif import sarif

    return sarif(found, where)
