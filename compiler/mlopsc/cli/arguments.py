"""Arguments and options that several commands share."""

import enum
from typing import Annotated, Optional

import typer

Specs = Annotated[
    Optional[list[str]],  # noqa: UP045 - typer reads this form fastest
    typer.Argument(
        metavar="SPEC",
        help="Spec files, or folders with every mlops.yaml below them.",
        show_default="./mlops.yaml",
    ),
]
Into = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--into", metavar="DIR", help="Write below DIR, which stands for the repository root."),
]
Root = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--root", metavar="DIR", help="The repository root, where it is not the git top."),
]
Since = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--changed-since",
        metavar="REF",
        help="Only the specs that the diff REF...HEAD or the working tree touches; asks git.",
    ),
]


class FormChoice(enum.StrEnum):
    """The forms in which findings are printed."""

    text = "text"
    json = "json"
    github = "github"
    sarif = "sarif"


Format = Annotated[FormChoice, typer.Option("--format", help="How findings are printed.")]
