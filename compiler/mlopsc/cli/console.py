"""What commands print: diagnostics in the chosen form, files with what happens to them."""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn, TextIO

from mlopsc.diagnostics import Diagnostic
from mlopsc.diagnostics.render import Form, render
from mlopsc.workspace import Site

_STYLES = {
    "created": "32",
    "changed": "33",
    "removed": "31",
    "kept": "35",
    "added": "32",
    "place": "36",
    "strong": "1",
}


def coloured(stream: TextIO | None = None) -> bool:
    """Say whether a stream (standard output unless named) is a terminal that wants colours (no-color.org)."""
    return (
        (stream or sys.stdout).isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
    )


def styled(text: str, style: str) -> str:
    """Return the text in the colour of a style, where colours are wanted."""
    code = _STYLES.get(style)
    return f"\x1b[{code}m{text}\x1b[0m" if code and coloured() else text


def say(text: str = "") -> None:
    """Print one line."""
    sys.stdout.write(f"{text}\n")


def complain(text: str) -> None:
    """Print one line of an error."""
    sys.stderr.write(f"{text}\n")


def interrupted() -> NoReturn:
    """End after Ctrl-C, with the exit code that shells expect."""
    complain("mlopsc: interrupted; no file is half written, and the next compile goes on from here")
    sys.exit(130)


def print_findings(
    found: Sequence[Diagnostic],
    sources: Mapping[str, str],
    form: Form,
    sites: Iterable[Site] = (),
    command: str = "mlopsc validate",
) -> None:
    """Print diagnostics; text goes to standard error, the forms for programs to standard output."""
    bases = {site.sources for site in sites}
    base = next(iter(bases)) if len(bases) == 1 else None

    def where(file: str) -> str:
        return _short(os.path.join(base, file)) if base and form == "text" else file

    stream = sys.stderr if form == "text" else sys.stdout
    colour = form == "text" and coloured(stream)
    stream.write(render(form, found, sources, where, colour=colour, command=command))


def _short(path: str) -> str:
    relative = os.path.relpath(path)
    return path if relative.startswith(os.path.join("..", "..", "..")) else relative.replace(os.sep, "/")
