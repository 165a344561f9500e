"""Who runs scheduled work: one owner, and sections that it can serve."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlopsc import defaults
from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View

if TYPE_CHECKING:
    from mlopsc.spec.units.schedules import Schedule

# docs.github.com, "Events that trigger workflows", schedule.
_SHORTEST_MINUTES = 5
_CI = ("github", "jenkins")


def owner(view: View) -> Iterator[Diagnostic]:
    """The scheduler fits the sections that are there (M302, M304)."""
    spec = view.spec
    if spec.scheduler == "events" and spec.events is None:
        hint = "add `events: {broker: kafka}`"
        yield Diagnostic("M302", "`scheduler: events` needs the section `events`", ("scheduler",), hint=hint)
    if spec.scheduler in _CI and spec.ci and spec.ci.provider != spec.scheduler:
        message = f"`scheduler` is {spec.scheduler}, and `ci.provider` is {spec.ci.provider}"
        hint = f"write `scheduler: {spec.ci.provider}`, or `ci: {{provider: {spec.scheduler}}}`"
        yield Diagnostic("M304", message, ("scheduler",), hint=hint)


def idle(view: View) -> Iterator[Diagnostic]:
    """Settings of a scheduler that does not run (M307)."""
    spec, scheduler = view.spec, defaults.scheduler(view.spec)
    if view.document.find(("schedule_with",)) and scheduler != "cron":
        message = f"`schedule_with` has no effect: the scheduler is {scheduler}, not cron"
        hint = "remove it, or say `scheduler: cron`"
        yield Diagnostic("M307", message, ("schedule_with",), hint=hint, on_key=True)
    if spec.airflow and scheduler != "airflow":
        message = f"`airflow` has no effect: the scheduler is {scheduler}"
        hint = "remove the section, or say `scheduler: airflow`"
        yield Diagnostic("M307", message, ("airflow",), hint=hint, on_key=True)


def hooks(view: View) -> Iterator[Diagnostic]:
    """A hook stands around something that runs (M307)."""
    for name, command in view.spec.hooks or ():
        section = "deployment" if name.endswith("deploy") else "pipeline"
        if command and getattr(view.spec, section) is None:
            message = f"`{name}` never runs: the spec has no `{section}`"
            hint = f"remove the hook, or add a `{section}`"
            yield Diagnostic("M307", message, ("hooks", name), hint=hint, on_key=True)


def often(view: View) -> Iterator[Diagnostic]:
    """GitHub starts nothing more often than every five minutes (M346)."""
    if defaults.scheduler(view.spec) != "github":
        return
    for at, schedule in _schedules(view):
        if _shortest(schedule.cron) < _SHORTEST_MINUTES:
            message = f"{schedule.say()} is more often than GitHub starts a workflow: every 5 minutes at most"
            yield Diagnostic("M346", message, at, hint="say `every 5 minutes`, or `scheduler: cron`")


def _schedules(view: View) -> Iterator[tuple[Path, "Schedule"]]:
    spec = view.spec
    if spec.validation and spec.validation.schedule:
        yield ("validation", "schedule"), spec.validation.schedule
    if spec.drift and spec.drift.schedule:
        yield ("drift", "schedule"), spec.drift.schedule
    if spec.scoring and spec.scoring.schedule:
        yield ("scoring", "schedule"), spec.scoring.schedule
    if spec.retraining and spec.retraining.triggers.schedule:
        yield ("retraining", "triggers", "schedule"), spec.retraining.triggers.schedule


def _shortest(cron: str) -> int:
    """Return the least minutes between two moments of an hour, and from one hour to the next."""
    from datetime import UTC, datetime

    from cronsim import CronSim

    minutes = sorted(CronSim(cron, datetime(2026, 1, 1, tzinfo=UTC)).minutes)
    return min(b - a for a, b in zip(minutes, [*minutes[1:], minutes[0] + 60], strict=True))


RULES = (owner, idle, hooks, often)
