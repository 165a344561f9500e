"""`mlopsc validate`: all errors and warnings at once."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from mlopsc.cli.arguments import Format, FormChoice, Root, Since, Specs

if TYPE_CHECKING:
    from mlopsc.source.nodes import Document


def validate(
    specs: Specs = None, root: Root = None, form: Format = FormChoice.text, since: Since = None
) -> None:
    """Report every error and warning. Each at its place, with the way out; writes nothing."""
    from mlopsc.cli.console import say
    from mlopsc.cli.session import Session

    session = Session(form.value, since=since)
    good = [project for project, _ in session.run(specs, None, root)]
    session.report()
    for project in good if form is FormChoice.text else ():
        say(f"{project.site.header}: ok")
        for line in _meant(project.document):
            say(f"  {line}")
    session.tell_left_alone()
    raise typer.Exit(1 if session.rejected else 0)


def _meant(document: "Document") -> Iterator[str]:
    """Yield what the figures of a spec mean, in each environment where they differ."""
    from mlopsc.checks.statistics.facts import across
    from mlopsc.resolve import views_of
    from mlopsc.spec.walk import dotted

    for fact in across(views_of(document)):
        yield f"{dotted(fact.path)}: {fact.text}"
