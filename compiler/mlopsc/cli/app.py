"""The commands, as typer reads them."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mlopsc import __version__
from mlopsc.cli.add import add
from mlopsc.cli.check import check
from mlopsc.cli.compile import compile_
from mlopsc.cli.diff import diff
from mlopsc.cli.explain import explain
from mlopsc.cli.init import init
from mlopsc.cli.schema import schema
from mlopsc.cli.show import show
from mlopsc.cli.targets import targets
from mlopsc.cli.validate import validate


class _Commands(TyperGroup):
    """The commands; an interrupted one ends with one word of ours, whatever typer would say."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            from mlopsc.cli.console import interrupted

            interrupted()


app = typer.Typer(
    name="mlopsc",
    cls=_Commands,
    help="Compile one mlops.yaml per model into a lean ML lifecycle.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (init, add, validate, compile_, check, diff, show, schema, explain, targets):
    app.command(command.__name__.rstrip("_"))(command)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mlopsc {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Compile one mlops.yaml per model into a lean ML lifecycle."""
