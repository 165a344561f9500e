"""`mlopsc check`: is the repository what its specs say? Writes nothing."""

import typer

from mlopsc.cli.arguments import Format, FormChoice, Into, Root, Specs


def check(specs: Specs = None, into: Into = None, root: Root = None, form: Format = FormChoice.text) -> None:
    """Say which files differ, and why. Writes nothing; exit 0 same, 1 differs, 2 cannot answer."""
    from mlopsc.cli.compare import compare

    raise typer.Exit(compare(specs, into, root, form.value))
