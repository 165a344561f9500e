"""`mlopsc add`: one more section."""

from typing import Annotated

import typer


def add(
    section: Annotated[str, typer.Argument(metavar="SECTION", help="What to add, such as drift.")],
    spec: Annotated[str, typer.Argument(metavar="SPEC", help="A spec, or its folder.")] = "mlops.yaml",
) -> None:
    """Insert a commented section into a spec. It fits the spec; all that is there stays as it is."""
    from mlopsc.cli.beginnings import add_section

    raise typer.Exit(add_section(section, spec))
