"""`mlopsc init`: a first spec."""

from typing import Annotated, Optional

import typer


def init(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Folder of the spec; made if needed.")] = ".",
    level: Annotated[
        int, typer.Option("--level", min=1, max=3, help="1 validation; 2 training and drift; 3 serving.")
    ] = 1,
    data: Annotated[
        Optional[str],  # noqa: UP045 - typer reads this form fastest
        typer.Option("--from", metavar="DATA.csv", help="Propose checks that this file passes."),
    ] = None,
) -> None:
    """Write a first, commented spec. With sample data, unless --from names some; never overwrites."""
    from mlopsc.cli.beginnings import begin

    raise typer.Exit(begin(folder, level, data))
