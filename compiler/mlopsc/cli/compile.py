"""`mlopsc compile`: writes what changed."""

from typing import Annotated, Optional

import typer

from mlopsc.cli.arguments import Into, Root, Since, Specs


def compile_(
    specs: Specs = None,
    into: Into = None,
    root: Root = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done and write nothing.")
    ] = False,
    force: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--force", metavar="FILE", help="Overwrite this file; its old bytes go to FILE.orig."),
    ] = None,
    since: Since = None,
) -> None:
    """Write what the specs say. Only what changed is written, and never over a hand edit."""
    from mlopsc.cli.emit import emit

    raise typer.Exit(emit(specs, into, root, dry_run=dry_run, force=force or [], since=since))
