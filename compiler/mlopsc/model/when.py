"""A point in time that comes again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class When:
    """A schedule: five cron fields in the model's time zone, and the same in words."""

    cron: str
    words: str
