"""Good, bad or no data: what the canary's own requests say about it.

At the end of a hold the limits decide, exactly: what is at a limit is good. Before that only what is
clearly bad ends it: more than the allowed number and four times its standard deviation (a count's
variance is at most its mean), so that many looks do not make a false alarm, and a version that fails
at once is gone after some twenty errors.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

GOOD, BAD, NO_DATA, GOING_ON = "good", "bad", "no data", "going on"
# Prometheus extrapolates counts: a limit that is met exactly may be off in the last digits.
ROUNDING = 1e-6


@dataclass(frozen=True)
class Figures:
    """Counts since the hold began, None where they are unknown.

    `over` has for each limit the requests that count against it: failed, or slower than it allows.
    """

    requests: float | None
    over: Mapping[str, float | None]

    def plain(self) -> dict[str, float | None]:
        """Return them as they are reported."""
        counts = {"requests": self.requests, **self.over}
        return {name: None if each is None else round(each, 2) for name, each in counts.items()}


@dataclass(frozen=True)
class Verdict:
    """What was found, and why in words."""

    kind: str
    why: str = ""


def allowed(name: str, limit: float) -> float:
    """Return the share of requests that may count against a limit: of latency_p95, 5 % may be slower."""
    return limit if name == "error_rate" else 1 - float(name.removeprefix("latency_p")) / 100


def judge(figures: Figures, limits: Mapping[str, float], min_requests: int, at_end: bool) -> Verdict:
    """Return the verdict on the requests of a hold, at its end or before it."""
    requests = figures.requests
    for name, limit in limits.items():
        over = figures.over.get(name)
        if (
            requests is not None
            and over is not None
            and _clearly(over, requests, allowed(name, limit), min_requests)
        ):
            return Verdict(BAD, _words(name, limit, over, requests))
    if not at_end:
        return Verdict(GOING_ON)
    unknown = [name for name in limits if figures.over.get(name) is None]
    if requests is None or unknown:
        what = "requests" if requests is None else ", ".join(unknown)
        return Verdict(NO_DATA, f"Prometheus does not tell the canary's {what}")
    if requests < min_requests * (1 - ROUNDING):
        return Verdict(NO_DATA, f"{requests:.0f} requests, and {min_requests} are needed")
    for name, limit in limits.items():
        over = figures.over[name] or 0.0
        if over > allowed(name, limit) * requests * (1 + ROUNDING) + ROUNDING:
            return Verdict(BAD, _words(name, limit, over, requests))
    return Verdict(GOOD, f"{requests:.0f} requests within all limits")


def _clearly(over: float, requests: float, share: float, min_requests: int) -> bool:
    expected = share * max(requests, min_requests)
    return over > expected + 4 * math.sqrt(expected) + 4


def _words(name: str, limit: float, over: float, requests: float) -> str:
    if name == "error_rate":
        return f"{over:.0f} of {requests:.0f} requests failed, {100 * limit:g} % may"
    may = 100 * allowed(name, limit)
    return f"{over:.0f} of {requests:.0f} requests took longer than {limit:g} s, {may:g} % may"
