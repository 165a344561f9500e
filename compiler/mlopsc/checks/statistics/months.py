"""How often a schedule fires in a month of 30 days."""

from datetime import date, timedelta
from functools import cache

_DAYS = 365
_MONTH = 30


@cache
def runs_per_month(cron: str) -> float:
    """Return how often a five-field cron expression fires in 30 days, on average over a year."""
    minute, hour, day, month, weekday = cron.split(" ")
    times = len(_values(minute, 0, 59)) * len(_values(hour, 0, 23))
    days, months, weekdays = _values(day, 1, 31), _values(month, 1, 12), _values(weekday, 0, 6)
    # As cron reads it: with a day of the month and a weekday, either of them is enough.
    either = "*" not in (day, weekday)
    start = date(2026, 1, 1)
    year = (start + timedelta(days=count) for count in range(_DAYS))
    found = sum(
        each.month in months
        and (any if either else all)((each.day in days, each.isoweekday() % 7 in weekdays))
        for each in year
    )
    return times * found * _MONTH / _DAYS


def _values(field: str, low: int, high: int) -> set[int]:
    values: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        ends = (low, high) if span == "*" else (int(first), int(last or (high if step else first)))
        values.update(range(ends[0], ends[1] + 1, int(step or 1)))
    return values
