"""Whether a canary can decide: what becomes of a bad version and of a sound one, and which hold would do."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mlopsc.checks.statistics.canary import Canary
from mlopsc.model.delivery import SETTLE_SECONDS
from mlopsc.resolve.delivery import rollout

if TYPE_CHECKING:
    from mlopsc.model import Rollout
    from mlopsc.spec import Spec

# A step that seldom sees its requests cannot be meant; one that nearly always does is what is proposed.
_SELDOM, _NEARLY_ALWAYS = 0.5, 0.999
MOST_BAD, MOST_SOUND = 0.1, 0.2
# Minutes that people write, up to a month.
USUAL = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440, 2880, 4320, 10080, 43200)
_QUANTILES = {"latency_p50": 0.5, "latency_p95": 0.05, "latency_p99": 0.01}
_ROUND = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)


@dataclass(frozen=True, slots=True)
class Deciding:
    """A rollout with the traffic that is expected, and beside how many replicas its canary pods stand.

    `limit` is the share of requests that may be bad, by the first of the limits that there is.
    """

    rollout: "Rollout"
    traffic: float
    replicas: int

    @property
    def by(self) -> str:
        """The limit that is looked at: that on errors, else the one on latency that allows the fewest."""
        if "error_rate" in self.rollout.limits:
            return "error_rate"
        return min(self.rollout.limits, key=lambda name: _QUANTILES[name])

    @property
    def limit(self) -> float:
        """The share of requests that may be bad."""
        return self.rollout.limits[self.by] if self.by == "error_rate" else _QUANTILES[self.by]

    @property
    def bad(self) -> float:
        """The share of bad requests of a version that must not be promoted."""
        return min(1.0, 2 * self.limit)

    @property
    def sound(self) -> float:
        """The share of bad requests of a version that must not be rolled back."""
        return self.limit / 2

    @property
    def copied(self) -> bool:
        """Whether a copy of the traffic is judged before any step, which our own controller does."""
        return bool(self.rollout.shadow) and self.rollout.controlled

    def canary(self) -> Canary:
        """Return it as chance sees it."""
        of = self.rollout
        shares = tuple(pods / (self.replicas + pods) for pods in of.pods) or of.steps
        holds = (of.hold,) * len(shares)
        if self.copied:
            shares, holds = (1.0, *shares), (of.shadow, *holds)
        slack = of.deadline - sum(holds) - len(holds) * SETTLE_SECONDS if of.on_no_data == "wait" else 0
        return Canary(shares, holds, self.traffic, of.min_requests, self.limit, of.check_seconds, slack)

    def starved(self) -> int | None:
        """Return the first step that seldom sees the requests that it asks for; None where each does."""
        canary = self.canary()
        return next((step for step in range(len(canary.shares)) if canary.reached(step) < _SELDOM), None)

    def decides(self) -> bool:
        """Say whether it has its requests, promotes few bad versions, and rolls few sound ones back."""
        canary = self.canary()
        if any(canary.reached(step) < _NEARLY_ALWAYS for step in range(len(canary.shares))):
            return False
        return not self.limit or (
            canary.promoted(self.bad) <= MOST_BAD and 1 - canary.promoted(self.sound) <= MOST_SOUND
        )

    def longer(self, copy: bool) -> int | None:
        """Return the shortest usual time in seconds with which it decides, None without one.

        It is that of a step, or of a copy of the traffic, and longer than its own.
        """
        own, name = (self.rollout.shadow, "shadow") if copy else (self.rollout.hold, "hold")
        times = [minutes * 60 for minutes in USUAL if own and minutes * 60 > own]
        return next((time for time in times if self._with(**{name: time}).decides()), None)

    def other_number(self) -> int | None:
        """Return the `min_requests` nearest to its own with which it decides, None without one.

        Where there is no step, there is no place to write it.
        """
        own = self.rollout.min_requests
        most = int(self.traffic * self.rollout.deadline) if self.rollout.steps else 0
        near = sorted(_round_numbers(most), key=lambda number: abs(math.log(number / own)))
        return next((each for each in near if self._with(min_requests=each).decides()), None)

    def _with(self, **changed: Any) -> "Deciding":
        return replace(self, rollout=replace(self.rollout, **changed))


def deciding(spec: "Spec") -> Deciding | None:
    """Return the canary of a spec that says how much traffic it expects; None where there is none."""
    found = steps(spec)
    traffic = spec.serving.traffic if spec.serving else None
    if found is None or traffic is None:
        return None
    replicas = spec.serving.replicas.min if spec.serving and spec.serving.replicas else 0
    return Deciding(found, traffic.per_second, replicas)


def steps(spec: "Spec") -> "Rollout | None":
    """Return the rollout of a spec that has limits, and something that is held; None without one."""
    found = rollout(spec)
    if found is None or not found.limits or bool(found.steps) != bool(found.hold):
        return None
    return found if found.steps or (found.shadow and found.controlled) else None


def _round_numbers(most: int) -> Iterator[int]:
    """Yield numbers of requests that are easy to read, from 20 on."""
    for power in range(1, len(str(most)) + 1):
        for digit in _ROUND:
            if 20 <= (number := int(digit * 10**power)) <= most:
                yield number
