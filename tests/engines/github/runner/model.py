"""What is given to a run of a workflow, and what comes out of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.engines.github.runner.uses import Action


class RunnerError(Exception):
    """The workflow cannot be run here: GitHub would refuse it, or a stand-in for an action is lacking."""


class ActionFailed(Exception):
    """A stand-in's way to fail its step, with a message for the log."""


class Refused(Exception):
    """The event is refused before there is a run, as by the REST API with status 422."""


@dataclass(frozen=True)
class Event:
    """What happened: `source` is the branch or commit of the repository to check out, or that of `ref`."""

    name: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    ref: str = "refs/heads/main"
    source: str = ""
    changed: tuple[str, ...] = ()
    actor: str = "ann"

    @classmethod
    def push(cls, branch: str = "main", changed: tuple[str, ...] = ()) -> "Event":
        """Return a push to a branch that changed these files."""
        return cls("push", {}, f"refs/heads/{branch}", changed=changed)

    @classmethod
    def pull_request(
        cls,
        head: str,
        changed: tuple[str, ...] = (),
        *,
        action: str = "opened",
        fork: bool = False,
        base: str = "main",
    ) -> "Event":
        """Return a pull request from a branch, of this repository or of a fork."""
        side = {"ref": head, "repo": {"fork": fork, "full_name": "stranger/fork" if fork else ""}}
        payload = {
            "action": action,
            "number": 1,
            "pull_request": {"number": 1, "head": side, "base": {"ref": base}},
        }
        return cls("pull_request", payload, "refs/pull/1/merge", head, changed)

    @classmethod
    def schedule(cls, cron: str) -> "Event":
        """Return the moment that a cron line of the workflow names."""
        return cls("schedule", {"schedule": cron})

    @classmethod
    def dispatch(cls, *, branch: str = "main", **inputs: Any) -> "Event":
        """Return a start by hand, or by the REST API, with inputs."""
        return cls("workflow_dispatch", {"inputs": inputs}, f"refs/heads/{branch}")

    @property
    def fork(self) -> bool:
        """Whether a fork's pull request is what happened, which is trusted with nothing."""
        head = self.payload.get("pull_request", {}).get("head", {})
        return (
            self.name.startswith("pull_request")
            and self.name != "pull_request_target"
            and head["repo"]["fork"]
        )


@dataclass(frozen=True)
class Environment:
    """A deployment environment. `review`: `none` is demanded, or it was `approved`, `rejected`, or is `waiting`."""

    review: str = "none"
    branches: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Repository:
    """A git repository and what is set for it. `token_default` is `read` or `write`, as in its settings."""

    folder: Path
    name: str = "acme/shop"
    default_branch: str = "main"
    secrets: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    environments: Mapping[str, Environment] = field(default_factory=dict)
    token_default: str = "read"


def _token(permissions: Mapping[str, str]) -> str:
    return "ghs_stand_in_token"


@dataclass(frozen=True)
class Machine:
    """Where jobs run. `env` and `path` reach every `run:` step; `token` gives a job's token its permissions.

    `caches` keeps caches from run to run. `actions` adds stand-ins, or replaces those built in. `cancel_at` is the
    step, as `job.step_id`, at which somebody cancels the run.
    """

    env: Mapping[str, str] = field(default_factory=dict)
    path: tuple[Path, ...] = ()
    caches: Path | None = None
    api_url: str = "https://api.github.com"
    server_url: str = "https://github.com"
    id_token_url: str = "http://127.0.0.1:9/id-token"
    token: Callable[[Mapping[str, str]], str] = _token
    actions: Mapping[str, "Action"] = field(default_factory=dict)
    cancel_at: str = ""
    seconds: int = 600


@dataclass
class StepResult:
    """A step: `outcome` before continue-on-error, `conclusion` after. `inputs` are those of an action."""

    name: str
    id: str = ""
    uses: str = ""
    outcome: str = "skipped"
    conclusion: str = "skipped"
    log: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    timeout_minutes: Any = None


@dataclass
class JobResult:
    """A job, or one leg of a matrix; `result` is success, failure, cancelled, skipped or waiting."""

    name: str
    result: str = "skipped"
    outcome: str = "skipped"
    outputs: dict[str, str] = field(default_factory=dict)
    steps: list[StepResult] = field(default_factory=list)
    permissions: dict[str, str] = field(default_factory=dict)
    environment: str = ""
    concurrency: Any = None
    timeout_minutes: Any = 360
    matrix: dict[str, Any] = field(default_factory=dict)
    runs_on: Any = None
    workspace: Path | None = None

    def step(self, name: str) -> StepResult:
        """Return the step with this id, name or action; KeyError where there is none."""
        for step in self.steps:
            if name in (step.id, step.name, step.uses.split("@")[0]):
                return step
        raise KeyError(name)

    @property
    def log(self) -> str:
        """All that its steps printed."""
        return "".join(step.log for step in self.steps)


@dataclass
class Run:
    """A workflow's run; one that its trigger did not start has `started` False, and `why` says why."""

    started: bool
    why: str = ""
    conclusion: str = ""
    concurrency: Any = None
    jobs: dict[str, JobResult] = field(default_factory=dict)
    artifacts: dict[str, Path] = field(default_factory=dict)
    approvals: list[tuple[str, str, str]] = field(default_factory=list)
    masks: set[str] = field(default_factory=set)

    @property
    def log(self) -> str:
        """All that its jobs printed."""
        return "".join(job.log for job in self.jobs.values())

    @property
    def summary(self) -> str:
        """All that its steps wrote to GITHUB_STEP_SUMMARY."""
        return "".join(step.summary for job in self.jobs.values() for step in job.steps)

    @property
    def used(self) -> list[StepResult]:
        """The steps of all jobs that ran an action, in their order."""
        steps = (step for job in self.jobs.values() for step in job.steps)
        return [step for step in steps if step.uses and step.outcome != "skipped"]
