"""Scheduled work on this machine: a block in the crontab, or timers, installed by `make schedule` alone."""

from collections.abc import Iterator

from mlopsc.files import Data, File, Verbatim
from mlopsc.model import Model
from mlopsc.symbols import Command, Job, Need, Symbol, Table
from mlopsc.targets.offered import needed, own, shared

SECTIONS = ("scheduler", "timezone", "schedule_with")
SUMMARY = "ops/schedule.py and config/schedule.json: a crontab or systemd timers (scheduler: cron)"

_INSTALLERS = {"crontab": "crontab", "systemd": "timers"}


def offers(model: Model) -> Iterator[Symbol]:
    """Bring `make schedule` and `make unschedule` where cron runs the work."""
    if model.runs_cron:
        at = ("scheduler",)
        into = {"crontab": "your crontab", "systemd": "your systemd timers"}[model.schedule_with]
        yield from own(_programs(model), at)
        yield from shared("verdict", at)
        yield Command("schedule", ("ops/schedule.py", "install"), f"Install the scheduled work into {into}")
        yield Command("unschedule", ("ops/schedule.py", "remove"), f"Remove it from {into}")


def files(model: Model, table: Table) -> Iterator[File]:
    """Write the jobs that all targets offer."""
    if model.runs_cron:
        jobs = [
            {"name": job.name, "make": [*job.commands, *job.variables], "cron": job.cron}
            for job in table[Job]
        ]
        config = {"model": model.name, "timezone": model.timezone, "with": model.schedule_with, "jobs": jobs}
        needs = tuple(Need(Command, name, job.at) for job in table[Job] for name in job.commands)
        yield File("config/schedule.json", Data(config), needs=needs, at=("scheduler",))
        for program in own(_programs(model), ("scheduler",)):
            needs = needed("verdict", program.at)
            yield File(program.name, Verbatim(program.name), needs=needs, at=program.at)


def _programs(model: Model) -> str:
    return f"cron schedule {_INSTALLERS[model.schedule_with]}"
