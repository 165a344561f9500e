"""When an A/B test is looked at, and what each look must show; all times are seconds since 1970.

Nothing is remembered between looks: the plan follows from the spec and from when the test began.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ab_spending import boundaries

# A file of the log ends after five minutes, and then it is sent.
FILES_SECONDS = 600
# Outcomes that are late are waited for, before the test is given up: the controller waits for a week.
GRACE_SECONDS = 3 * 86400


@dataclass(frozen=True)
class Planned:
    """One look: `number` of `count`, at ids whose first request came before `ends`.

    Their outcomes are known at `matured`, and the log is there at `due`. `level` is the one-sided error
    that this look may spend, `share` the part of the enrolment that it sees.
    """

    number: int
    count: int
    ends: float
    matured: float
    due: float
    level: float

    @property
    def last(self) -> bool:
        """Return whether no other look follows."""
        return self.number == self.count

    @property
    def share(self) -> float:
        """Return the part of the enrolment that it sees, 0 to 1."""
        return self.number / self.count


def planned(test: dict[str, Any], since: float) -> list[Planned]:
    """Return all looks at a test that began at a time, equally spaced over the enrolment."""
    levels = boundaries(test["looks"], test["alpha"])
    found = []
    for number, level in enumerate(levels, 1):
        ends = since + test["enrolment_seconds"] * number / len(levels)
        matured = ends + test.get("delay_seconds", 0)
        found.append(Planned(number, len(levels), ends, matured, matured + FILES_SECONDS, float(level)))
    return found


def next_look(test: dict[str, Any], since: float, now: float) -> float:
    """Return when the next look is due; after the last one, an hour from now."""
    return min((each.due for each in planned(test, since) if each.due > now), default=now + 3600)
