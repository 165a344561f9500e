"""The workflow that watches: data and drift on their schedules, and a training where they ask for it."""

from collections.abc import Iterator

from mlopsc.model import When
from mlopsc.targets.github.expressions import literal, verdict
from mlopsc.targets.github.parts import Event, Job, Step, Workflow, joined
from mlopsc.targets.github.rights import DISPATCH, TOKEN
from mlopsc.targets.github.steps import Steps

_ABOUT = "Looks at data and drift on their schedules, and asks for a training where the spec says so."


_FROM_ELSEWHERE = ("training", "incoming")


def monitor(steps: Steps) -> Workflow:
    """Return <model>-monitor.yml."""
    model = steps.model
    clocks = dict.fromkeys(when.cron for when in _clocks(steps).values())
    rows = tuple({"cron": cron, "timezone": model.timezone} for cron in clocks)
    events = (Event("schedule", rows=rows), Event("workflow_dispatch"))
    return Workflow("monitor", _ABOUT, events, tuple(_jobs(steps)), f"{model.name}-monitor")


def _clocks(steps: Steps) -> dict[str, When]:
    """Return the schedule of each thing that is watched."""
    model = steps.model
    found = {
        "validate": model.validation.schedule if model.validation else None,
        "drift": model.drift.schedule if model.drift else None,
    }
    return {name: when for name, when in found.items() if when}


def watches(steps: Steps) -> bool:
    """Say whether there is something to watch."""
    return bool(_clocks(steps))


def _jobs(steps: Steps) -> Iterator[Job]:
    names = {"validate": "Validate the data", "drift": "Compare recent data with the reference"}
    for command, when in _clocks(steps).items():
        yield _job(steps, command, names[command], when)


def _reads_data(steps: Steps, command: str) -> bool:
    """Say whether a command reads what DVC keeps: drift has its reference from the registry."""
    drift = steps.model.drift
    return command != "drift" or (drift is not None and (drift.reference, drift.current) != _FROM_ELSEWHERE)


def _train(steps: Steps, asks: set[str]) -> Step:
    """Ask for a training on the verdict; what a metric has to say is for the program to read."""
    named = {"TRIGGER": "drift"} if asks == {"drift"} else {}
    when = f"{verdict('drift')} == 'drift'" if named else ""
    return steps.make("dispatch-train", "Ask for a training", when=when, env={**named, **TOKEN})


def _job(steps: Steps, command: str, name: str, when: When) -> Job:
    model = steps.model
    asks = model.retraining.triggers.keys() & {"drift", "metric"} if model.retraining else set()
    train = _train(steps, asks) if command == "drift" and asks and steps.has("dispatch-train") else None
    keeps = command == "drift" and steps.has("history")
    keep = steps.make("history", "Keep the figures for long") if keeps else None
    given = (
        steps.checkout(),
        *steps.setup(),
        steps.cloud(),
        steps.pull() if _reads_data(steps, command) else None,
        steps.make(command, name, id=command),
        train,
        keep,
        steps.upload("the reports", f"{model.name}-{command}", ["reports"]),
        steps.tell(command),
    )
    due = f"github.event_name == 'workflow_dispatch' || github.event.schedule == {literal(when.cron)}"
    return Job(
        command,
        name,
        steps.runner,
        joined(given),
        when=due if len(_clocks(steps)) > 1 else "",
        minutes=60,
        permissions={**steps.reading, **(DISPATCH if train else {})},
        env=steps.settings(),
    )
