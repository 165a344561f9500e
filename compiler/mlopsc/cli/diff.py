"""`mlopsc diff`: what `compile` would change, line by line."""

import typer

from mlopsc.cli.arguments import Into, Root, Since, Specs


def diff(specs: Specs = None, into: Into = None, root: Root = None, since: Since = None) -> None:
    """Show what compile would change. As a unified diff; exit codes as `check`."""
    from mlopsc.cli.compare import show_diff

    raise typer.Exit(show_diff(specs, into, root, since))
