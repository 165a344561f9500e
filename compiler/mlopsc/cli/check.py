"""`mlopsc check`: is the repository what its specs say? Writes nothing into it."""

from typing import Annotated, Optional

import typer

from mlopsc.cli.arguments import Format, FormChoice, Into, Root, Since, Specs


def check(
    specs: Specs = None,
    into: Into = None,
    root: Root = None,
    form: Format = FormChoice.text,
    since: Since = None,
    summary: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--summary", metavar="FILE", help="Append causes and diff as Markdown, at most 1 MiB."),
    ] = None,
    sarif: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--sarif", metavar="FILE", help="Write all findings to FILE as SARIF, beside --format."),
    ] = None,
) -> None:
    """Say which files differ, and why. Changes none of them; exit 0 same, 1 differs, 2 cannot answer."""
    from mlopsc.cli.compare import compare
    from mlopsc.cli.papers import Papers

    raise typer.Exit(compare(specs, into, root, form.value, since, Papers(summary, sarif)))
