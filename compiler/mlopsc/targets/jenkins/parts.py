"""What a pipeline of Jenkins is made of; the template gives it its form."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from posixpath import join
from typing import Any

from mlopsc.model import Model
from mlopsc.symbols import Command, Need, Secret, Table

# Commands whose verdict may ask for action: the build is then unstable, and not failed.
JUDGED = frozenset(
    {"validate", "pipeline", "compare", "pull", "push", "drift", "retrain", "score", "verify", "promote"}
)

# Which reach the tracking store, the object store or a service, and so need secrets.
WORKING = JUDGED | {"image", "deploy", "dispatch-finish"}


@dataclass(frozen=True, slots=True)
class Call:
    """One make command, and whether its verdict is looked at."""

    command: str
    judged: bool


@dataclass(frozen=True, slots=True)
class Step:
    """An inner stage: `calls` one after another, `undone` by a command if they fail.

    `after` and `verdict` name a report and what it must say; `uncalled` asks that nobody gave a TRIGGER;
    `pushes` is a command that pushes to git.
    """

    name: str
    calls: tuple[Call, ...]
    after: str = ""
    verdict: str = ""
    uncalled: bool = False
    pushes: str = ""
    undone: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """An outer stage with its secrets; `environment` is what it is about, `approval` a question before."""

    name: str
    steps: tuple[Step, ...]
    secrets: tuple[str, ...] = ()
    guarded: bool = False
    environment: str = ""
    approval: str = ""

    @property
    def bound(self) -> bool:
        """Whether it has variables of its own."""
        return bool(self.environment or self.secrets)


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a caller may say; the first choice is what is taken where nothing is said."""

    name: str
    about: str
    choices: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One Jenkinsfile: `path` beside the spec, `told` are the steps that `make tell` looks at.

    `apart` says that each group has an agent of its own, `stops` that an unstable build goes no further,
    `main` that it runs on the default branch alone, `replaced` that a newer build takes its place.
    """

    path: str
    about: str
    groups: tuple[Group, ...]
    hours: int
    cron: str = ""
    parameters: tuple[Parameter, ...] = ()
    told: tuple[str, ...] = ()
    apart: bool = False
    stops: bool = True
    main: bool = True
    replaced: bool = False

    @property
    def commands(self) -> tuple[str, ...]:
        """The make commands that it runs."""
        steps = [step for group in self.groups for step in group.steps]
        called = [call.command for step in steps for call in step.calls]
        others = [name for step in steps for name in (step.pushes, step.undone) if name]
        return tuple(dict.fromkeys([*called, *others, *(["tell"] if self.told else [])]))


@dataclass(frozen=True, slots=True)
class Offered:
    """What the pipelines of one model can use."""

    model: Model
    table: Table

    def has(self, command: str) -> bool:
        """Say whether some target brings a make command."""
        return Need(Command, command) in self.table

    def step(self, name: str, *commands: str, after: str = "", verdict: str = "", **more: Any) -> Step | None:
        """Return a stage of those commands that there are, or None where there is none of them."""
        calls = tuple(Call(each, each in JUDGED) for each in commands if each == "setup" or self.has(each))
        return Step(name, calls, after, verdict, **more) if calls else None

    def secrets(self, steps: Iterable[Step]) -> tuple[str, ...]:
        """Return the secrets of the commands; those by which people are told are for `make tell`."""
        if not any(call.command in WORKING for step in steps for call in step.calls):
            return ()
        return tuple(name for name in self._names if name not in (*self.receivers, "JENKINS_TOKEN"))

    @property
    def receivers(self) -> tuple[str, ...]:
        """The secrets by which people are told."""
        notify = [each.notify for each in self.model.environments if each.notify]
        values = [value for each in notify for value in (each.slack, each.webhook, *each.smtp.values())]
        told = {value["secret"] for value in values if isinstance(value, dict) and "secret" in value}
        return tuple(name for name in self._names if name in told)

    @property
    def reports(self) -> str:
        """The files that are kept with a build."""
        return join(self.model.folder, "reports/**")

    @property
    def _names(self) -> list[str]:
        return [each.name for each in self.table[Secret]]
