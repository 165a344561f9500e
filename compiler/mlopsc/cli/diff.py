"""`mlopsc diff`: what `compile` would change, line by line."""

import typer

from mlopsc.cli.arguments import Into, Root, Specs


def diff(specs: Specs = None, into: Into = None, root: Root = None) -> None:
    """Show a unified diff from the disk to what the specs say; exit codes as `check`."""
    from mlopsc.cli.compare import show_diff

    raise typer.Exit(show_diff(specs, into, root))
