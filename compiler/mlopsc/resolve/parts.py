"""Values of the spec as the generated programs read them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mlopsc.model import When

if TYPE_CHECKING:
    from mlopsc.spec.units.durations import Duration
    from mlopsc.spec.units.figures import Change
    from mlopsc.spec.units.references import Reference
    from mlopsc.spec.units.schedules import Schedule


def when(schedule: "Schedule | None") -> When | None:
    """Return a schedule in cron's fields and in words."""
    return When(schedule.cron, schedule.say()) if schedule else None


def change(written: "Change") -> Mapping[str, float]:
    """Return a difference with its kind."""
    return {"relative" if written.relative else "absolute": written.amount}


def reference(written: "Reference | None") -> Any:
    """Return a value, the name of the variable that holds it, or an empty text."""
    return written.written() if written else ""


def seconds(duration: "Duration | None") -> float:
    """Return a duration in seconds, 0 where none is given."""
    return duration.seconds if duration else 0


# Enough to see the longest pause of a schedule that runs each minute of one weekday.
_RUNS, _DAYS = 1500, 800


def longest(schedule: "Schedule | None") -> float:
    """Return the longest time between two runs of a schedule in seconds, 0 without one."""
    if schedule is None:
        return 0
    from datetime import UTC, datetime, timedelta
    from itertools import islice, pairwise, takewhile

    from cronsim import CronSim

    begin = datetime(2026, 1, 1, tzinfo=UTC)
    end = begin + timedelta(days=_DAYS)
    seen = list(takewhile(lambda run: run < end, islice(CronSim(schedule.cron, begin), _RUNS)))
    # Of a rare one, the first two runs.
    runs = seen if len(seen) > 2 else islice(CronSim(schedule.cron, begin), 2)
    return max((later - earlier).total_seconds() for earlier, later in pairwise(runs))
