"""A target in some ten lines per thing that it brings; copy what you need.

A spec switches it on with `plugins: {sketch: {team: growth}}`.
"""

from collections.abc import Iterator
from pathlib import Path

from mlopsc.files import File, Place, Template, Verbatim
from mlopsc.model import Model
from mlopsc.symbols import Alert, Command, Dag, Job, Metric, Need, Program, Requirement, Secret, Symbol, Table, Topic
from pydantic import BaseModel, ConfigDict

SECTIONS = ()
SUMMARY = "a nightly report: workflow, DAG, overlays, an alert and a shared program"
TEMPLATES = Path(__file__).parent / "templates"


class Settings(BaseModel):
    """What may stand under `plugins.sketch`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    team: str
    # The next two exist to show that the linker finds a misspelling.
    command: str = "nightly"
    metric: str = "report_age_seconds"


def offers(model: Model) -> Iterator[Symbol]:
    """Two commands, a shared program, a requirement, a secret, a topic, a metric and its alert."""
    at = ("plugins", "sketch")
    settings: Settings = model.plugins["sketch"]
    yield Command("nightly", ("ops/nightly.py",), "Write the nightly report", at=at)
    yield Command("nightly-test", ("ops/nightly.py", "--dry-run"), "Say what the report would hold", at=at)
    yield Program("ops/verdict.py", shared=True, at=at)
    yield Program("ops/nightly.py", at=at)
    yield Requirement("rich", "15.0.0", at=at)
    yield Secret("REPORT_TOKEN", "token of the report server", at=at)
    yield Topic("reports", at=at)
    yield Metric("report_age_seconds", "age of the last report", at=at)
    yield Alert("ReportIsOld", settings.metric, "the nightly report is missing", at=at)
    yield Dag(f"{model.name}-nightly", (settings.command,), at=at)


def files(model: Model, table: Table) -> Iterator[File]:
    """A workflow at the root, a DAG, an overlay for each environment, and the program."""
    at = ("plugins", "sketch")
    settings: Settings = model.plugins["sketch"]
    needs = (Need(Command, settings.command, at), Need(Secret, "REPORT_TOKEN", at))
    values = {"model": model.name, "team": settings.team, "command": settings.command}
    workflow = Template(".github/workflows/nightly.yml", values)
    yield File(f".github/workflows/{model.name}-nightly.yml", workflow, Place.ROOT, needs=needs, at=at)
    yield File("dags/nightly.py", Template("dags/nightly.py", values), needs=needs, at=at)
    for environment in model.environments:
        topics = [topic.name for topic in table[Topic]]
        overlay = Template("overlays/report.yaml", {"environment": environment, "topics": topics})
        yield File(f"overlays/{environment}/report.yaml", overlay, needs=(Need(Topic, "reports", at),), at=at)
    yield File("ops/nightly.py", Verbatim("ops/nightly.py"), needs=(Need(Program, "ops/verdict.py", at),), at=at)
