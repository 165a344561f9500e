"""Who runs scheduled work: one owner, and sections that it can serve."""

from collections.abc import Iterator

from mlopsc import defaults
from mlopsc.diagnostics import Diagnostic
from mlopsc.resolve import View

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


RULES = (owner, idle, hooks)
