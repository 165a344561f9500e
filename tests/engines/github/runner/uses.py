"""A `uses:` step: the stand-in for its action, and the inputs that the real one knows."""

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.engines.github.runner.job import Job
from tests.engines.github.runner.model import ActionFailed, RunnerError, StepResult

HERE = Path(__file__).parent
OF_RELEASES = HERE.parent / "action_inputs.json"


@dataclass
class Use:
    """One use of an action: what it is given, and where it may act. `say` writes to the step's log."""

    job: Job
    inputs: dict[str, str]
    said: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        """Add a line to the step's log."""
        self.said.append(f"{line}\n")

    def need(self, name: str) -> str:
        """Return an input that must not be empty; ActionFailed where it is."""
        if not self.inputs.get(name):
            raise ActionFailed(f"Input required and not supplied: {name}")
        return self.inputs[name]

    def on(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean input."""
        return self.inputs.get(name, str(default)).lower() == "true"

    def place(self, path: str) -> Path:
        """Return a path as actions read it: in the workspace, in the home by `~`, or absolute."""
        if path == "~" or path.startswith("~/"):
            return self.job.home / path[2:]
        return self.job.workspace / path


Action = Callable[[Use], Mapping[str, str] | None]


def run(job: Job, step: StepResult) -> str:
    """Run the stand-in of a step's action; returns its outcome, RunnerError where there is no stand-in."""
    action = _action(job, step)
    use = Use(job, {name.lower(): value for name, value in step.inputs.items()})
    try:
        step.outputs |= action(use) or {}
        outcome = "success"
    except ActionFailed as error:
        use.say(f"Error: {error}")
        outcome = "failure"
    step.log = "".join(use.said)
    return outcome


def _action(job: Job, step: StepResult) -> Action:
    from tests.engines.github.runner.stand_ins import BUILT_IN

    name = step.uses.split("@")[0]
    actions: dict[str, Action] = {**BUILT_IN, **job.course.machine.actions}
    if name not in actions or "@" not in step.uses:
        raise RunnerError(f"{step.uses}: there is no stand-in for this action")
    known = allowed(step.uses)
    if known is not None and (unknown := {each.lower() for each in step.inputs} - known):
        raise RunnerError(f"{step.uses}: the action has no input {', '.join(sorted(unknown))}")
    return actions[name]


def allowed(uses: str) -> set[str] | None:
    """Return the inputs that an action knows, or None where nobody has listed them."""
    name = uses.split("@", maxsplit=1)[0]
    same = {key: inputs for key, inputs in tables().items() if key.split("@")[0] == name}
    return same.get(uses) or next(iter(same.values()), None)


@functools.cache
def tables() -> dict[str, set[str]]:
    """Return action -> its inputs: of exact releases where they have been collected, else those of inputs.yml."""
    own = {
        name: set(text.split())
        for name, text in yaml.safe_load((HERE / "inputs.yml").read_text("utf-8")).items()
    }
    if not OF_RELEASES.exists():
        return own
    collected = json.loads(OF_RELEASES.read_text("utf-8"))
    exact = {key: {name.lower() for name in told["inputs"]} for key, told in collected.items()}
    return {**exact, **own}
