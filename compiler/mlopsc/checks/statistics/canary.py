"""What a canary decides by chance: how often a version of a known share of bad requests is promoted.

In a step the canary answers n requests, n ~ Poisson(traffic x share x hold), each of them bad on its own
with the same chance. The verdict at the end of the hold is that of the generated controller: without
`least` requests none, else good with at most `limit` x n bad ones. What the controller ends early is so
bad that it would not have passed later, and is left out here.
"""

import math
from dataclasses import dataclass

from mlopsc.checks.statistics.requests import around, at_least, good, passing, poisson, too_few


@dataclass(frozen=True, slots=True)
class Canary:
    """A canary as chance sees it.

    `shares` and `holds` are those of its steps, a copy of all traffic being one of them; `traffic` is
    requests per second; `holds`, `look` and `slack` are seconds: a step is judged after its hold, and without
    data again after each `look`, while some is left of the `slack` that all have together, 0 for no waiting.
    """

    shares: tuple[float, ...]
    holds: tuple[int, ...]
    traffic: float
    least: int
    limit: float
    look: int = 60
    slack: float = 0.0

    def requests(self) -> tuple[float, ...]:
        """Return how many requests the canary is expected to answer in the hold of each step."""
        return tuple(self.traffic * share * hold for share, hold in zip(self.shares, self.holds, strict=True))

    def reached(self, step: int) -> float:
        """Return the chance that a step has its requests before it is given up."""
        seconds = self.holds[step] + self._grace(step)
        return at_least(self.least, self.traffic * self.shares[step] * seconds)

    def passes(self, step: int, bad: float) -> float:
        """Return the chance that a step lets a version pass whose requests are bad with that chance."""
        expected = self.requests()[step]
        chance = passing(expected, self.least, bad, self.limit)
        looks = int(self._grace(step) // self.look)
        if looks == 0 or at_least(self.least, expected) > 1 - 1e-9:
            return chance
        return min(1.0, chance + sum(self._after(step, bad, number) for number in range(1, looks + 1)))

    def promoted(self, bad: float) -> float:
        """Return the chance that all steps let it pass."""
        return math.prod(self.passes(step, bad) for step in range(len(self.shares)))

    def _grace(self, step: int) -> float:
        """Return how long a step may wait for data: the others have taken of it what they are expected to."""
        needed = [self.least / (self.traffic * share) for share in self.shares]
        taken = [max(0.0, seconds - hold) for seconds, hold in zip(needed, self.holds, strict=True)]
        return max(0.0, self.slack - sum(taken) + taken[step])

    def _after(self, step: int, bad: float, number: int) -> float:
        """Return the chance that it passes at a look after the hold, the first that sees enough requests.

        Of n requests until this look, each came before the last one with the same chance.
        """
        fresh = self.traffic * self.shares[step] * self.look
        now = self.requests()[step] + number * fresh
        first, last = around(now, self.least)
        # Before the last look there were too few: what is more has come since then.
        last = min(last, self.least + around(fresh, 0)[1])
        if first >= last:
            return 0.0
        earlier = too_few(self.least, 1 - fresh / now, first, last)
        seen = zip(poisson(now, first, last), earlier, good(first, bad, self.limit), strict=False)
        return sum(chance * few * fine for chance, few, fine in seen)
