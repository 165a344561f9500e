"""A service with a stable version and one on trial, and the Prometheus that watches it: figures, no processes.

Each version answers its part of the traffic; a part of that fails, a part is slow, both as the test says, by the
seconds since the version got its first request. Prometheus knows requests as expected numbers, and may be gone,
or answer with nothing or NaN.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.engines.providers import promql

TICK = 5.0
STABLE, CANARY = "stable-hash", "canary-hash"
Share = Callable[[float], float]


def always(share: float) -> Share:
    """Return a share that never changes."""
    return lambda _since: share


FEW, SOME = always(0.001), always(0.01)


@dataclass
class Version:
    """How a version answers: which share fails and which is slow, by the seconds since its first request."""

    errors: Share = FEW
    slow: Share = SOME


@dataclass
class World:
    """`model`, `environment` and `names` are the labels of the metrics; `limit` is the bucket of slow ones."""

    model: str
    names: dict[str, str]
    canary: Version = field(default_factory=Version)
    stable: Version = field(default_factory=Version)
    traffic: float = 60.0
    limit: str = "0.2"
    # What Prometheus does at a time: "" (answers), "gone", "empty" or "nan".
    mood: Callable[[float], str] = lambda _now: ""
    shares: list[tuple[float, float]] = field(default_factory=lambda: [(0.0, 0.0)])
    mirrored: list[tuple[float, float]] = field(default_factory=lambda: [(0.0, 0.0)])

    def shift(self, now: float, share: float) -> None:
        """Give the version on trial another share of the traffic."""
        self.shares.append((now, share))

    def mirror(self, now: float, share: float) -> None:
        """Give it copies of another share."""
        self.mirrored.append((now, share))

    def share(self, now: float) -> float:
        """Return the share of the traffic that it answers."""
        return _last(self.shares, now)

    def ask(self, query: str, now: float) -> list[float]:
        """Answer a query; raise ConnectionError when Prometheus is gone."""
        mood = self.mood(now)
        if mood == "gone":
            raise ConnectionError("connection refused")
        if mood in ("empty", "nan"):
            return [math.nan] if mood == "nan" else []
        return promql.answer(query, lambda *selected: self._grown(*selected, now))

    def harmed(self, until: float) -> float:
        """Return how many callers got an error of the version on trial."""
        return sum(
            TICK * self.traffic * self.share(at) * self.canary.errors(at - self._first(at))
            for at in _ticks(0, until)
            if self.share(at)
        )

    def _grown(
        self, metric: str, matchers: dict[str, tuple[str, str]], window: float, now: float
    ) -> float | None:
        asked = {name: value for name, (_, value) in matchers.items()}
        assert (asked["model"], asked["environment"]) == (self.model, "production")
        # Without a track figures of both versions are one: what a canary must not be judged by.
        tracks = [asked["track"]] if "track" in asked else list(self.names.values())
        found = [self._part(metric, matchers, each, max(0.0, now - window), now) for each in tracks]
        known = [each for each in found if each is not None]
        return sum(known) if known else None

    def _part(
        self, metric: str, matchers: dict[str, tuple[str, str]], track: str, start: float, end: float
    ) -> float | None:
        trial = track == self.names["canary"]
        if not trial and track != self.names["stable"]:
            return None
        if trial and not any(self._rate(at, trial) for at in _ticks(0, end)):
            return None
        parts = (
            self._rate(at, trial) * self._counted(metric, matchers, at, trial) for at in _ticks(start, end)
        )
        # Exact to the last digit: a limit that is just met is met.
        return round(TICK * math.fsum(parts), 6)

    def _rate(self, at: float, trial: bool) -> float:
        share = self.share(at)
        return self.traffic * (share + _last(self.mirrored, at) if trial else 1 - share)

    def _counted(self, metric: str, matchers: dict[str, tuple[str, str]], at: float, trial: bool) -> float:
        version, since = (self.canary, at - self._first(at)) if trial else (self.stable, at)
        if metric == "model_requests_total":
            if "code" not in matchers:
                return 1.0
            operator, codes = matchers["code"]
            assert operator.endswith("Re") and re.fullmatch(codes, "500") and re.fullmatch(codes, "422")
            assert not re.fullmatch(codes, "200")
            return version.errors(since)
        if metric == "model_request_duration_seconds_count":
            return 1.0
        assert metric == "model_request_duration_seconds_bucket" and matchers["le"][1] == self.limit
        return 1 - version.slow(since)

    def _first(self, at: float) -> float:
        begun = [now for now, share in (*self.shares, *self.mirrored) if share and now <= at]
        return min(begun, default=at)


def _ticks(start: float, end: float) -> list[float]:
    return [start + TICK * number for number in range(max(0, int((end - start) / TICK)))]


def _last(changes: list[tuple[float, float]], now: float) -> float:
    return [share for at, share in changes if at <= now][-1]
