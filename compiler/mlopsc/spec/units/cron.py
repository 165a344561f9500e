"""Five-field cron as one regular expression, so that editors refuse what the compiler refuses.

Only what crontab, GitHub, Airflow, Jenkins and systemd read alike: `*`, `*/n`, or a list of
numbers and rising ranges (with steps in minutes and hours); no names, no `L`, `W`, `#`; Sunday is 0.
"""

import re
from functools import cache

from mlopsc.spec.units.text import exactly

_FIELDS = (
    ("minute", 0, 59, True),
    ("hour", 0, 23, True),
    ("day of the month", 1, 31, False),
    ("month", 1, 12, False),
    ("weekday", 0, 6, False),
)
NEVER = r"^[^ ]+ [^ ]+ (?:31 (?:2|4|6|9|11)(?:,(?:2|4|6|9|11))*|(?:30|31|30-31)(?:,(?:30|31))* 2) \*"
"""What has the form of a cron expression and never fires: 31 April, 30 February."""


@cache
def pattern() -> str:
    """Return the pattern of a cron expression whose fields are each in range."""
    return " ".join(_field(low, high, steps) for _, low, high, steps in _FIELDS)


def schema() -> dict[str, object]:
    """Return the JSON Schema of the cron expressions that are accepted."""
    return {"type": "string", "pattern": exactly(pattern()), "not": {"pattern": NEVER}}


def complaint(text: str) -> str:
    """Return why a text is no cron expression that fires, or nothing."""
    fields = text.split(" ")
    if len(fields) != len(_FIELDS):
        return f"a cron expression has 5 fields, not {len(fields)}"
    for written, (name, low, high, steps) in zip(fields, _FIELDS, strict=True):
        if not re.fullmatch(_field(low, high, steps), written):
            return f"`{written}` cannot stand for the {name} ({low} to {high})"
    return "that day never comes" if re.match(NEVER, text) else ""


def _field(low: int, high: int, steps: bool) -> str:
    step = rf"(?:/{_numbers(1, high)})?"
    ranges = "|".join(f"{first}-{_numbers(first + 1, high)}" for first in range(low, high))
    item = rf"(?:{ranges}){step if steps else ''}|{_numbers(low, high)}"
    return rf"(?:\*{step}|(?:(?:{item})(?:,(?=[0-9])|(?=\s|$)))+)"


def _numbers(low: int, high: int) -> str:
    """Return a pattern for the numbers from low to high (below 100), without leading zeros."""
    parts = []
    for ten in range(low // 10, high // 10 + 1):
        first, last = max(low, ten * 10) % 10, min(high, ten * 10 + 9) % 10
        parts.append(f"{ten or ''}" + (f"[{first}-{last}]" if first != last else str(first)))
    return f"(?:{'|'.join(parts)})" if len(parts) > 1 else parts[0]
