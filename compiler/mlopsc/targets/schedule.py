"""Scheduled work under cron: one block in the user's crontab, installed by `make schedule` alone."""

from collections.abc import Iterator

from mlopsc.files import Data, File, Verbatim
from mlopsc.model import Model
from mlopsc.symbols import Command, Job, Need, Program, Symbol, Table

SECTIONS = ("scheduler", "timezone")
SUMMARY = "ops/schedule.py and config/schedule.json: a crontab with locks and logs (scheduler: cron)"


def offers(model: Model) -> Iterator[Symbol]:
    """Bring `make schedule` and `make unschedule` where cron runs the work."""
    if model.runs_cron:
        yield Program("ops/schedule.py", at=("scheduler",))
        yield Command(
            "schedule", ("ops/schedule.py", "install"), "Install the scheduled work into your crontab"
        )
        yield Command("unschedule", ("ops/schedule.py", "remove"), "Remove it from your crontab")


def files(model: Model, table: Table) -> Iterator[File]:
    """Write the jobs that all targets offer."""
    if model.runs_cron:
        jobs = [{"name": job.name, "command": job.command, "cron": job.cron} for job in table[Job]]
        config = {"model": model.name, "timezone": model.timezone, "jobs": jobs}
        needs = tuple(Need(Command, job.command, job.at) for job in table[Job])
        yield File("config/schedule.json", Data(config), needs=needs, at=("scheduler",))
        yield File("ops/schedule.py", Verbatim("ops/schedule.py"), at=("scheduler",))
