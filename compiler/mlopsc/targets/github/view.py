"""A workflow as its template reads it."""

from collections.abc import Mapping
from typing import Any

from mlopsc.targets.github.parts import Event, Job, Step, Workflow

Row = dict[str, Any]


def values(workflow: Workflow, model: str, folder: str) -> Row:
    """Return a workflow as the template reads it."""
    return {
        "about": workflow.about,
        "name": f"{model} {workflow.kind}",
        "events": [_event(event) for event in workflow.events],
        "group": workflow.group,
        "cancel": workflow.cancel,
        "waits": workflow.waits,
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
    plain = {
        name: getattr(step, name) for name in ("name", "run", "uses", "version", "id", "when", "lenient")
    }
    return {**plain, "options": _rows(step.options), "env": _rows(step.env)}


def _rows(mapping: Mapping[str, Any]) -> list[Row]:
    return [{"name": name, "value": value} for name, value in mapping.items()]
