"""A service under load, as Prometheus counts it: requests come by chance, and each fails by chance.

Requests are a Poisson process, and each of them fails, or takes too long, on its own. Latencies are
log-normal, and their logarithm's standard deviation is 0.5: the median is 44 % of the 95th percentile.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from statistics import NormalDist
from typing import TYPE_CHECKING

from simulated_given import Given

if TYPE_CHECKING:
    from numpy.random import Generator

SPREAD = 0.5
QUANTILE = NormalDist().inv_cdf(0.95)


def slow_shares(latency: float, limits: Mapping[str, float]) -> dict[float, float]:
    """Return the share of requests that take longer than each limit on latency, the shortest limit first."""
    bounds = sorted({limit for name, limit in limits.items() if name != "error_rate"})
    return {bound: 1 - NormalDist().cdf(QUANTILE + math.log(bound / latency) / SPREAD) for bound in bounds}


class Service:
    """What the canary has answered so far, and how much of that users saw fail."""

    def __init__(self, given: Given, limits: Mapping[str, float], chance: Generator, now: float) -> None:
        """Begin at a time, with nothing answered."""
        self.given, self.chance, self.now = given, chance, now
        self.slow = slow_shares(given.latency, limits)
        self.moments = [now]
        # Requests, errors, and slower than each limit.
        self.counts: list[tuple[int, ...]] = [(0, 0, *(0 for _ in self.slow))]
        self.answered = self.failed = 0

    def serve(self, seconds: float, weighted: float, mirrored: float) -> None:
        """Let time pass in which the canary answers one share of the traffic, and gets a copy of another."""
        self.now += seconds
        shown = self._drawn(self.given.traffic * seconds * weighted)
        copied = self._drawn(self.given.traffic * seconds * mirrored)
        self.answered += shown[0]
        self.failed += shown[1]
        if seconds:
            self.moments.append(self.now)
            before = self.counts[-1]
            self.counts.append(tuple(map(sum, zip(before, shown, copied, strict=True))))

    def increase(self, window: float, slower: float | None = None, failed: bool = False) -> int:
        """Return how many requests of the last seconds there were, or failed, or took longer than a limit."""
        column = 2 + list(self.slow).index(slower) if slower is not None else int(failed)
        begin = bisect_left(self.moments, self.now - window - 1e-6)
        return self.counts[-1][column] - self.counts[min(begin, len(self.counts) - 1)][column]

    def _drawn(self, expected: float) -> tuple[int, ...]:
        if not expected:
            return (0, 0, *(0 for _ in self.slow))
        requests = int(self.chance.poisson(expected))
        counts, slower, above = (
            [requests, int(self.chance.binomial(requests, self.given.errors))],
            requests,
            1.0,
        )
        for share in self.slow.values():
            # Who is slower than the longer limit is among those that are slower than the shorter one.
            slower = int(self.chance.binomial(slower, min(1.0, share / above))) if above else 0
            above = share
            counts.append(slower)
        return tuple(counts)
