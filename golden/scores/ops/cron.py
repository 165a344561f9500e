"""Five-field cron expressions: when they fire."""

from __future__ import annotations

from datetime import datetime

NAMES = {
    name: number
    for names, first in (
        (("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1),
        (("sun", "mon", "tue", "wed", "thu", "fri", "sat"), 0),
    )
    for number, name in enumerate(names, first)
}


def due(cron: str, now: datetime) -> bool:
    """Say whether a five-field expression fires in this minute; of a repeated hour only the first counts."""
    minute, hour, day, month, weekday = cron.split()
    in_time = matches(minute, now.minute, 0, 59) and matches(hour, now.hour, 0, 23)
    if now.fold or not in_time or not matches(month, now.month, 1, 12):
        return False
    by_day = matches(day, now.day, 1, 31)
    # Sunday is 0 and 7.
    by_weekday = any(matches(weekday, number, 0, 7) for number in (now.isoweekday(), now.isoweekday() % 7))
    # Cron's rule: two restricted fields mean either, otherwise both must fit.
    return by_day or by_weekday if day[0] != "*" and weekday[0] != "*" else by_day and by_weekday


def matches(field: str, value: int, lowest: int, highest: int) -> bool:
    """Say whether a field of a cron expression holds a value."""
    for part in field.lower().split(","):
        span, _, step = part.partition("/")
        low, _, high = span.partition("-")
        first = lowest if low == "*" else number_of(low)
        last = highest if low == "*" or (step and not high) else number_of(high or low)
        if first <= value <= last and (value - first) % int(step or 1) == 0:
            return True
    return False


def number_of(text: str) -> int:
    """Return the number of a name or digits."""
    return NAMES[text] if text in NAMES else int(text)
