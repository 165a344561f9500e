"""What a file of DAGs is made of; the template gives it its form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mlopsc.model import Model
from mlopsc.symbols import Command, Job, Need, Table

_WIDTH = 110


@dataclass(frozen=True, slots=True)
class Step:
    """A task: a name, and the keyword arguments of the function in the template that makes it.

    `command` is the make command whose program it runs; without one it is `news` of another task, or one that
    an earlier chain has `made`.
    """

    name: str
    given: Mapping[str, Any] = field(default_factory=dict)
    command: str = ""
    news: bool = False

    @property
    def made(self) -> bool:
        """Whether the task is there already."""
        return not self.command and not self.news

    @property
    def arguments(self) -> tuple[Mapping[str, Any], ...]:
        """The arguments one by one."""
        return tuple({name: value} for name, value in self.given.items())

    @property
    def long(self) -> bool:
        """Whether the call takes more than a line."""
        said = ", ".join(f"{name}={value!r}" for name, value in self.given.items())
        return len(f"        step({self.name!r}, {said}),") > _WIDTH


@dataclass(frozen=True, slots=True)
class Flow:
    """A DAG: `kind` follows the model's name in its id, `cron` and `assets` start it, if anything does.

    `chains` are tasks that follow each other.
    """

    kind: str
    about: str
    doc: tuple[str, ...]
    chains: tuple[tuple[Step, ...], ...]
    cron: str = ""
    assets: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """Its tasks, each once."""
        return tuple(step for chain in self.chains for step in chain if not step.made)

    @property
    def commands(self) -> tuple[str, ...]:
        """The make commands whose programs it runs."""
        return tuple(dict.fromkeys(step.command for step in self.steps if step.command))


@dataclass(frozen=True, slots=True)
class Offered:
    """What the DAGs of one model can use."""

    model: Model
    table: Table

    @property
    def in_pods(self) -> bool:
        """Whether each task is a pod, which knows of others what their reports say."""
        return self.model.airflow is not None and self.model.airflow.pods is not None

    def has(self, command: str) -> bool:
        """Say whether some target brings a make command."""
        return Need(Command, command) in self.table

    def job(self, name: str) -> Job:
        """Return the scheduled work of a name; raise StopIteration where nothing brings it."""
        return next(job for job in self.table[Job] if job.name == name)

    def asset(self, name: str) -> str:
        """Return the address of an asset, which no other model has."""
        return f"mlops://{self.model.name}/{name}"

    def step(self, command: str, *flags: str, name: str = "", says: str = "", **given: Any) -> Step:
        """Return the task that runs the program of a make command; `says` is its report."""
        run = next(each.run for each in self.table[Command] if each.name == command)
        report = says or command
        named = {"says": report} if report != (name or command) else {}
        return Step(name or command, {"run": [*run, *flags], **named, **given}, command)

    def news(self, asset: str, *needs: str, name: str = "") -> Step:
        """Return the task that lets other DAGs know of some verdicts of the task that is named first."""
        return Step(name or asset, {"emits": self.asset(asset), "needs": list(needs)}, news=True)
