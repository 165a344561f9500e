"""What a workflow is made of, and how the template reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
Permissions = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Step:
    """A step: an action (`uses`, with the `version` behind it) with `options`, or a command (`run`)."""

    name: str
    run: str = ""
    uses: str = ""
    version: str = ""
    id: str = ""
    when: str = ""
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
    """A workflow; runs of one `group` wait for each other, or cancel the older one where `cancel` says so."""

    kind: str
    about: str
    events: tuple[Event, ...]
    jobs: tuple[Job, ...]
    group: str
    cancel: Any = False


def values(workflow: Workflow, model: str, folder: str) -> Row:
    """Return a workflow as the template reads it."""
    return {
        "about": workflow.about,
        "name": f"{model} {workflow.kind}",
        "events": [_event(event) for event in workflow.events],
        "group": workflow.group,
        "cancel": workflow.cancel,
        "folder": folder,
        "jobs": [_job(job) | {"later": place > 0} for place, job in enumerate(workflow.jobs)],
    }


def _event(event: Event) -> Row:
    inputs = [
        {"name": name, "value": value, "first": place == 0}
        for place, (name, value) in enumerate(event.inputs.items())
    ]
    return {"name": event.name, "parts": _rows(event.parts), "inputs": inputs, "rows": event.rows}


def _job(job: Job) -> Row:
    return {
        "id": job.id,
        "name": job.name,
        "needs": list(job.needs),
        "when": job.when,
        "runner": job.runner,
        "minutes": job.minutes,
        "environment": job.environment,
        "permissions": [
            {"name": scope, "value": access, "why": why} for scope, (access, why) in job.permissions.items()
        ],
        "outputs": _rows(job.outputs),
        "env": _rows(job.env),
        "steps": [_step(step) for step in job.steps],
    }


def _step(step: Step) -> Row:
    plain = {name: getattr(step, name) for name in ("name", "run", "uses", "version", "id", "when")}
    return {**plain, "options": _rows(step.options), "env": _rows(step.env)}


def _rows(mapping: Mapping[str, Any]) -> list[Row]:
    return [{"name": name, "value": value} for name, value in mapping.items()]


def joined(steps: Iterable[Step | None]) -> tuple[Step, ...]:
    """Return the steps that there are."""
    return tuple(step for step in steps if step)
