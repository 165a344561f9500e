"""`mlopsc show`: the resolved spec."""

from typing import Annotated, Optional

import typer

from mlopsc.cli.arguments import Root


def show(
    spec: Annotated[Optional[str], typer.Argument(metavar="SPEC", show_default="./mlops.yaml")] = None,  # noqa: UP045
    env: Annotated[str, typer.Option("--env", metavar="NAME", help="As this environment sees it.")] = "",
    origin: Annotated[bool, typer.Option("--origin", help="Say for each value where it comes from.")] = False,
    root: Root = None,
) -> None:
    """Show the resolved spec. With all that it extends, every default, and an environment laid over it."""
    from mlopsc.cli.resolved import show_resolved

    raise typer.Exit(show_resolved(spec, root, env, origin=origin))
