"""One job, or one leg of its matrix, while it runs: its folders, its environment, its token, its steps' results."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.engines.github.runner import contexts
from tests.engines.github.runner.engine import engine
from tests.engines.github.runner.model import JobResult
from tests.engines.github.runner.shell import secrets

if TYPE_CHECKING:
    from tests.engines.github.runner.course import Course


@dataclass
class Job:
    """What steps and stand-ins for actions may read and change. `env` grows by GITHUB_ENV, `path` by GITHUB_PATH."""

    course: "Course"
    result: JobResult
    node: dict[str, Any]
    contexts: dict[str, Any]
    folder: Path
    status: str = "success"
    env: dict[str, str] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    masks: set[str] = field(default_factory=set)
    after: list[Callable[[], str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for folder in (self.workspace, self.temporary, self.home):
            folder.mkdir(parents=True)
        self.result.workspace = self.workspace
        token = self.course.machine.token(self.result.permissions)
        job = {"workspace": str(self.workspace), "job": self.result.name.split(" (")[0], "token": token}
        given = {**self.contexts["secrets"], "GITHUB_TOKEN": token}
        self.masks |= secrets(list(given.values()))
        self.contexts |= {
            "github": self.contexts["github"] | job,
            "secrets": given,
            "runner": contexts.runner(self.temporary),
            "steps": {},
            "env": {},
        }

    @property
    def workspace(self) -> Path:
        """The folder that is empty until it is checked out into."""
        return self.folder / "workspace"

    @property
    def temporary(self) -> Path:
        """The runner's folder for temporary files."""
        return self.folder / "temporary"

    @property
    def home(self) -> Path:
        """The home of the job's user, empty at first."""
        return self.folder / "home"

    def value(self, node: Any, env: dict[str, str] | None = None) -> Any:
        """Return a node of the workflow, evaluated with what is known now."""
        return engine().tree(node, self._now(env), self._status())

    def holds(self, condition: Any, env: dict[str, str] | None = None) -> bool:
        """Return whether a step's `if` holds now."""
        return engine().holds(condition, self._now(env), self._status())

    def environment(self, env: dict[str, str] | None = None) -> dict[str, str]:
        """Return the variables of a step's process, given what `env` says for it."""
        machine, context = self.course.machine, self.contexts["github"]
        whole = {**contexts.machine_environment(machine, self.home), **(env or {})}
        whole["PATH"] = ":".join([*reversed(self.path), whole["PATH"]])
        if self.result.permissions.get("id-token") == "write":
            whole["ACTIONS_ID_TOKEN_REQUEST_URL"] = machine.id_token_url
            whole["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = context["token"]
        return {**whole, **contexts.own_environment(context, self.workspace, self.temporary)}

    def _now(self, env: dict[str, str] | None) -> dict[str, Any]:
        return {**self.contexts, "env": self.env if env is None else env, "job": {"status": self.status}}

    def _status(self) -> dict[str, Any]:
        said = {name: self.status == name for name in ("success", "failure", "cancelled")}
        return {**said, "workspace": str(self.workspace)}
