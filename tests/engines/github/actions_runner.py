"""Runs a GitHub workflow on this machine: GitHub's own parser and expressions, stand-ins for its actions.

    run = actions_runner.run(workflow, Event.push("main"), Repository(folder), tmp_path)
    assert run.jobs["train"].result == "success"

Everything that the runner does not know is an error of the test, never a step that silently did nothing.
"""

import tempfile
from pathlib import Path

from tests.engines.github.runner import contexts, triggers
from tests.engines.github.runner.course import Course
from tests.engines.github.runner.engine import EvaluationError, engine, texts
from tests.engines.github.runner.model import (
    ActionFailed,
    Environment,
    Event,
    JobResult,
    Machine,
    Refused,
    Repository,
    Run,
    RunnerError,
    StepResult,
)
from tests.engines.github.runner.uses import Action, Use

__all__ = [
    "Action",
    "ActionFailed",
    "Environment",
    "Event",
    "JobResult",
    "Machine",
    "Refused",
    "Repository",
    "Run",
    "RunnerError",
    "StepResult",
    "Use",
    "run",
]


def run(
    workflow: Path,
    event: Event,
    repository: Repository,
    place: Path,
    machine: Machine | None = None,
    *,
    attempt: int = 1,
) -> Run:
    """Run a workflow file for an event, in a new folder under `place`.

    RunnerError says what GitHub would refuse of the workflow and what has no stand-in here; Refused, that the API
    would not take the inputs of a workflow_dispatch.
    """
    machine = machine or Machine()
    try:
        parsed = engine().parse(workflow.read_text("utf-8"))
    except EvaluationError as error:
        raise RunnerError(f"{workflow.name}: {error}") from error
    if why := triggers.refusal(parsed["on"], event, repository):
        return Run(started=False, why=why)
    inputs = triggers.inputs(parsed["on"], event)
    name = parsed.get("name") or f".github/workflows/{workflow.name}"
    github = contexts.github(name, workflow, event, repository, machine, attempt)
    if inputs:
        github["event"]["inputs"] = texts(inputs)
    known = {
        "github": github,
        "inputs": inputs,
        "vars": dict(repository.variables),
        "secrets": {} if event.fork else dict(repository.secrets),
    }
    place.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=place))
    result = Run(started=True)
    Course(parsed, event, repository, machine, folder, known, result).go()
    return result
