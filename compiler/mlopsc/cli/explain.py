"""`mlopsc explain`: the story of a diagnostic or of a field."""

from typing import Annotated

import typer


def explain(
    what: Annotated[
        str,
        typer.Argument(metavar="CODE|FIELD", help="A code such as M203, or a field such as drift.schedule."),
    ],
) -> None:
    """Say what a diagnostic means and how to fix it, or what a field is for, with an example."""
    from mlopsc.cli.console import say
    from mlopsc.explain import story

    say(story(what).rstrip("\n"))
