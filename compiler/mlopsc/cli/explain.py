"""`mlopsc explain`: the story of a diagnostic or of a field."""

from typing import Annotated

import typer


def explain(
    what: Annotated[
        str,
        typer.Argument(metavar="CODE|FIELD", help="A code such as M203, or a field such as drift.schedule."),
    ],
) -> None:
    """Explain a diagnostic or a field. What it means, how to fix it, with an example."""
    from mlopsc.cli.console import say
    from mlopsc.explain import story

    say(story(what).rstrip("\n"))
