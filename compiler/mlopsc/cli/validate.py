"""`mlopsc validate`: all errors and warnings at once."""

import typer

from mlopsc.cli.arguments import Format, FormChoice, Root, Specs


def validate(specs: Specs = None, root: Root = None, form: Format = FormChoice.text) -> None:
    """Report every error and warning. Each at its place, with the way out; writes nothing."""
    from mlopsc.cli.console import say
    from mlopsc.cli.session import Session

    session = Session(form.value)
    good = [project.site.header for project, _ in session.run(specs, None, root)]
    session.report()
    if form is FormChoice.text:
        for name in good:
            say(f"{name}: ok")
    raise typer.Exit(1 if session.rejected else 0)
