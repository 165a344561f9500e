"""A target in some ten lines per thing that it brings; copy what you need.

A spec switches it on with `plugins: {sketch: {team: growth}}`.
"""

from collections.abc import Iterator
from pathlib import Path

from mlopsc.files import File, Place, Template, Verbatim
from mlopsc.model import Model
from mlopsc.symbols import (
    Alert,
    Command,
    Dag,
    Metric,
    Need,
    Program,
    Requirement,
    Secret,
    Symbol,
    Table,
    Topic,
)
from pydantic import BaseModel, ConfigDict

SECTIONS = ()
SUMMARY = "a nightly report: workflow, DAG, overlays, an alert and a shared program"
TEMPLATES = Path(__file__).parent / "templates"

# Where a fault of this target is shown to its user: the place in the spec that switched it on.
_AT = ("plugins", "sketch")


class Settings(BaseModel):
    """What may stand under `plugins.sketch`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    team: str


def offers(model: Model) -> Iterator[Symbol]:
    """Bring two commands, their programs, what they need to run, and what watches them."""
    yield Command("nightly", ("ops/nightly.py",), "Write the nightly report", at=_AT)
    yield Command("nightly-test", ("ops/nightly.py", "--dry-run"), "Say what the report would hold", at=_AT)
    yield Program("ops/nightly.py", at=_AT)
    yield Program("ops/verdict.py", shared=True, at=_AT)
    yield Requirement("rich", "15.0.0", at=_AT)
    yield Secret("REPORT_TOKEN", "token of the report server", at=_AT)
    yield Topic("reports", at=_AT)
    yield Metric("report_age_seconds", "age of the last report", at=_AT)
    yield Alert("ReportIsOld", ("report_age_seconds",), "the nightly report is missing", at=_AT)
    yield Dag(f"{model.name}-nightly", ("nightly",), at=_AT)


def files(model: Model, table: Table) -> Iterator[File]:
    """Write a workflow at the root, a DAG, an overlay for each environment, and the program."""
    command = Need(Command, "nightly", _AT)
    values = {"model": model.name, "team": model.plugins["sketch"].team, "command": command.name}
    yield _file(
        f".github/workflows/{model.name}-nightly.yml",
        Template(".github/workflows/nightly.yml", values),
        command,
        Need(Secret, "REPORT_TOKEN", _AT),
        place=Place.ROOT,
    )
    yield _file("dags/nightly.py", Template("dags/nightly.py", values), command)
    topics = [topic.name for topic in table[Topic]]
    for environment in [each.name for each in model.environments if each.name]:
        overlay = Template("overlays/report.yaml", {"environment": environment, "topics": topics})
        yield _file(f"overlays/{environment}/report.yaml", overlay, Need(Topic, "reports", _AT))
    yield _file("ops/nightly.py", Verbatim("ops/nightly.py"), Need(Program, "ops/verdict.py", _AT))


def _file(path: str, content: Template | Verbatim, *needs: Need, place: Place = Place.MODEL) -> File:
    return File(path, content, place, needs=needs, at=_AT)
