"""What a target can bring, kind by kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from mlopsc.diagnostics import Path


@dataclass(frozen=True, slots=True)
class Symbol:
    """Something with a name that one target brings and others may rely on.

    `doubles` says what happens when two targets offer the same name: `refuse` (the default),
    or `collapse`, which keeps one of two equal symbols and refuses unequal ones.
    """

    doubles: ClassVar[Literal["refuse", "collapse"]] = "refuse"
    name: str
    at: Path = field(default=(), kw_only=True, compare=False)
    target: str = field(default="", kw_only=True, compare=False)


@dataclass(frozen=True, slots=True)
class Command(Symbol):
    """A `make` command: `run` is an argument vector, `verdict` says that exit 3 is a result.

    A `run` that starts with a `.py` file is run by the repository's own interpreter.
    """

    run: tuple[str, ...] = ()
    help: str = ""
    verdict: bool = False


@dataclass(frozen=True, slots=True)
class Requirement(Symbol):
    """A Python package of the generated repository, pinned exactly."""

    doubles = "collapse"
    version: str = ""
    extras: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Secret(Symbol):
    """An environment variable that is never printed or written."""

    doubles = "collapse"
    purpose: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class EnvVar(Symbol):
    """An environment variable that is plain configuration; a `local` one is of one machine, not for CI."""

    doubles = "collapse"
    purpose: str = field(default="", compare=False)
    default: str = ""
    local: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Program(Symbol):
    """A program or module of the generated repository; `name` is its path.

    A `shared` one is offered by every target that relies on it, and written by `repository`.
    """

    doubles = "collapse"
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Report(Symbol):
    """A file that a program writes under reports/; `name` is its path."""

    help: str = ""


@dataclass(frozen=True, slots=True)
class Setting(Symbol):
    """A part of config/<environment>.json: `value`, or what an environment has instead."""

    doubles = "collapse"
    value: Any = None
    instead: Mapping[str, Any] = field(default_factory=dict)

    def of(self, environment: str) -> Any:
        """Return the value in an environment."""
        return self.instead.get(environment, self.value)


@dataclass(frozen=True, slots=True)
class Job(Symbol):
    """Scheduled work: Commands, run one after another with make variables (NAME=value); five cron fields."""

    commands: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    cron: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Stage(Symbol):
    """A DVC stage."""

    cmd: str = ""
    deps: tuple[str, ...] = ()
    outs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metric(Symbol):
    """A Prometheus metric that some program exports: a counter, gauge or histogram."""

    help: str = ""
    labels: tuple[str, ...] = ()
    kind: Literal["counter", "gauge", "histogram"] = "gauge"


@dataclass(frozen=True, slots=True)
class Alert(Symbol):
    """An alerting rule over exported metrics: what it means, where to look first, what to do."""

    metrics: tuple[str, ...] = ()
    meaning: str = ""
    look: str = ""
    action: str = ""
    severity: str = "warning"


@dataclass(frozen=True, slots=True)
class Topic(Symbol):
    """A topic or queue of the broker."""

    doubles = "collapse"


@dataclass(frozen=True, slots=True)
class KubernetesObject(Symbol):
    """A manifest's object; `name` is `Kind/name`, `environments` are those whose overlay holds it."""

    environments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dag(Symbol):
    """An Airflow DAG; `commands` are the make commands that its tasks call."""

    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note(Symbol):
    """What was decided, for the runbook; `name` is the heading, `lines` are its list.

    `code` goes on with the list: what it does, and what to type or paste.
    """

    lines: tuple[str, ...] = ()
    code: tuple[tuple[str, str], ...] = ()
