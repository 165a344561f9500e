"""Cron as Jenkins reads it: a line for the time zone, and both days must fit."""

from collections.abc import Iterable

from mlopsc.files import lines as as_lines


def spec(timezone: str, crons: Iterable[str]) -> str:
    """Return the text of a `cron` trigger for five-field expressions in a time zone; empty without any.

    Where day of the month and weekday are both given, cron means either, Jenkins both (CronTab.check):
    each gets a line of its own.
    """
    lines = [line for cron in crons for line in _lines(cron)]
    return as_lines([f"TZ={timezone}", *dict.fromkeys(lines)]) if lines else ""


def _lines(cron: str) -> list[str]:
    minute, hour, day, month, weekday = cron.split()
    if day.startswith("*") or weekday.startswith("*"):
        return [cron]
    return [f"{minute} {hour} {day} {month} *", f"{minute} {hour} * {month} {weekday}"]
