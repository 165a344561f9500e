"""The workflow of a model's clocks: data, drift and scores, and a training where they ask for it."""

from collections.abc import Iterator

from mlopsc.symbols import Job as Scheduled
from mlopsc.targets.github.commands import finishes
from mlopsc.targets.github.expressions import literal, verdict
from mlopsc.targets.github.parts import Event, Job, Step, Workflow, joined
from mlopsc.targets.github.rights import DISPATCH, TOKEN
from mlopsc.targets.github.steps import Steps

_ABOUT = "Looks at data and drift on their schedules, and asks for a training where the spec says so."
_ROLLOUT = "rollout"


_FROM_ELSEWHERE = ("training", "incoming")
_ABOUT_SCORES = "Scores on its schedule, and looks at data and drift where the spec says so."


def monitor(steps: Steps) -> Workflow:
    """Return <model>-monitor.yml."""
    model = steps.model
    clocks = dict.fromkeys(_clocks(steps).values())
    rows = tuple({"cron": cron, "timezone": model.timezone} for cron in clocks)
    events = (Event("schedule", rows=rows), Event("workflow_dispatch"))
    about = _ABOUT_SCORES if "score" in _clocks(steps) else _ABOUT
    return Workflow("monitor", about, events, tuple(_jobs(steps)), f"{model.name}-monitor")


def _clocks(steps: Steps) -> dict[str, str]:
    """Return the cron expression of each thing that is watched."""
    model = steps.model
    found = {
        "validate": model.validation.schedule if model.validation else None,
        "drift": model.drift.schedule if model.drift else None,
        "score": model.scoring.schedule if model.scoring else None,
    }
    clocks = {name: when.cron for name, when in found.items() if when}
    if finishes(model):
        clocks[_ROLLOUT] = next(job.cron for job in steps.table[Scheduled] if job.name == _ROLLOUT)
    return clocks


def watches(steps: Steps) -> bool:
    """Say whether there is something to watch."""
    return bool(_clocks(steps))


def _jobs(steps: Steps) -> Iterator[Job]:
    names = {
        "validate": "Validate the data",
        "drift": "Compare recent data with the reference",
        "score": "Score with the champion",
    }
    for command, cron in _clocks(steps).items():
        yield _finish(steps, cron) if command == _ROLLOUT else _job(steps, command, names[command], cron)


def _finish(steps: Steps, cron: str) -> Job:
    """Return the job that finishes rollouts; it reads the registry, and reaches no cluster."""
    start = steps.make("dispatch-finish", "Ask for its end", env=TOKEN)
    given = (steps.checkout(), *steps.setup(), steps.cloud(), start, steps.tell("dispatch-finish"))
    return Job(
        _ROLLOUT,
        "Look for a rollout that has ended by itself",
        steps.runner,
        joined(given),
        when=_due(steps, cron),
        permissions={**steps.reading, **DISPATCH},
        env=steps.settings(),
    )


def _due(steps: Steps, cron: str) -> str:
    """Return the condition of a job among others with a clock of their own."""
    due = f"github.event_name == 'workflow_dispatch' || github.event.schedule == {literal(cron)}"
    return due if len(_clocks(steps)) > 1 else ""


def _reads_data(steps: Steps, command: str) -> bool:
    """Say whether a command reads what DVC keeps: drift has its reference from the registry."""
    drift, scoring = steps.model.drift, steps.model.scoring
    if command == "score":
        return scoring is not None and "://" not in scoring.input
    return command != "drift" or (drift is not None and (drift.reference, drift.current) != _FROM_ELSEWHERE)


def _train(steps: Steps, asks: set[str]) -> Step:
    """Ask for a training on the verdict; what a metric has to say is for the program to read."""
    named = {"TRIGGER": "drift"} if asks == {"drift"} else {}
    when = f"{verdict('drift')} == 'drift'" if named else ""
    return steps.make("dispatch-train", "Ask for a training", when=when, env={**named, **TOKEN})


def _job(steps: Steps, command: str, name: str, cron: str) -> Job:
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
    return Job(
        command,
        name,
        steps.runner,
        joined(given),
        when=_due(steps, cron),
        minutes=60,
        permissions={**steps.reading, **(DISPATCH if train else {})},
        env=steps.settings(),
    )
