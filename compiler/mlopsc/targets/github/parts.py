"""What a workflow is made of, and how the template reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Permissions = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Step:
    """A step: an action (`uses`, with the `version` behind it) with `options`, or a command (`run`).

    A `lenient` step may fail: what follows copes without it.
    """

    name: str
    run: str = ""
    uses: str = ""
    version: str = ""
    id: str = ""
    when: str = ""
    lenient: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """A job; `permissions` maps a scope to (access, reason), `minutes` is when it is given up."""

    id: str
    name: str
    runner: str
    steps: tuple[Step, ...]
    needs: tuple[str, ...] = ()
    when: str = ""
    minutes: int = 15
    environment: str = ""
    permissions: Permissions = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """What starts a workflow: `parts` below its name, `inputs` that a person gives, or `rows` of a list."""

    name: str
    parts: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow; runs of one `group` wait for each other, or cancel the older one where `cancel` says so.

    Where it `waits`, each run has its turn; else GitHub keeps only the newest of those that wait.
    """

    kind: str
    about: str
    events: tuple[Event, ...]
    jobs: tuple[Job, ...]
    group: str
    cancel: Any = False
    waits: bool = False


def joined(steps: Iterable[Step | None]) -> tuple[Step, ...]:
    """Return the steps that there are."""
    return tuple(step for step in steps if step)
