"""What a canary decides by chance: how often a version of a known share of bad requests is promoted.

In a step the canary answers n requests, n ~ Poisson(traffic x share x hold), each of them bad on its own
with the same chance. The verdict at the end of the hold is that of the generated controller: without
`least` requests none, else good with at most `limit` x n bad ones. What the controller ends early is so
bad that it would not have passed later, and is left out here.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from mlopsc.checks.statistics.distributions import normal_cdf

# So many standard deviations from the mean there is nothing left of a sum.
_FAR = 7.5
# From so many expected requests on, their number is summed over the bad ones, of which there are fewer.
_MANY = 20_000
# With so many allowed errors, half and twice as many are more than 20 standard deviations away.
_SURE = 2000
# As the controller has it, so that what is exactly at a limit is good however it is computed.
_ROUNDING = 1e-6


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
        first, last = _range(now, self.least)
        # Before the last look there were too few: what is more has come since then.
        last = min(last, self.least + _range(fresh, 0)[1])
        if first >= last:
            return 0.0
        earlier = _too_few(self.least, 1 - fresh / now, first, last)
        seen = zip(_poisson(now, first, last), earlier, _good(first, bad, self.limit), strict=False)
        return sum(chance * few * good for chance, few, good in seen)


def passing(mean: float, least: int, bad: float, limit: float) -> float:
    """Return P(n >= least and errors <= limit x n), n ~ Poisson(mean), errors ~ Binomial(n, bad)."""
    if limit >= 1 or bad <= 0:
        return at_least(least, mean)
    if bad >= 1:
        return 0.0 if least else math.exp(-mean)
    if mean * limit > _SURE and not 0.6 < bad / limit < 1.9:
        return at_least(least, mean) if bad < limit else 0.0
    if mean > _MANY:
        return _over_bad(mean, least, bad, limit)
    first, last = _range(mean, least)
    seen = zip(_poisson(mean, first, last), _good(first, bad, limit), strict=False)
    return min(1.0, sum(chance * good for chance, good in seen))


def at_least(count: int, mean: float) -> float:
    """Return P(n >= count) for n ~ Poisson(mean); of large means by Edgeworth's second term, to 1e-5."""
    if count <= 0:
        return 1.0
    if mean > _MANY:
        z = (count - 0.5 - mean) / math.sqrt(mean)
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        return min(1.0, max(0.0, normal_cdf(-z) + (z * z - 1) * density / 6 / math.sqrt(mean)))
    first, last = _range(mean, 0)
    return 1.0 if count <= first else min(1.0, sum(_poisson(mean, count, last)))


def _over_bad(mean: float, least: int, bad: float, limit: float) -> float:
    """Return the same sum as `passing`, over the number of bad requests: they are independent of the rest."""
    first, last = _range(mean * bad, 0)
    total = 0.0
    for errors, chance in enumerate(_poisson(mean * bad, first, last), first):
        # With fewer requests so many errors would be too many.
        wanted = max(least, math.ceil((errors - _ROUNDING) / limit / (1 + _ROUNDING))) - errors
        total += chance * at_least(wanted, mean * (1 - bad))
    return min(1.0, total)


def _range(mean: float, least: int) -> tuple[int, int]:
    """Return from where to where a Poisson variable of at least `least` lies."""
    width = _FAR * math.sqrt(mean) + _FAR**2
    return max(least, int(mean - width)), int(mean + width) + 2


def _poisson(mean: float, first: int, last: int) -> Iterator[float]:
    """Yield the chances of first, first + 1, …, last - 1."""
    if mean <= 0:
        yield from (1.0 if count == 0 else 0.0 for count in range(first, last))
        return
    chance = math.exp(first * math.log(mean) - mean - math.lgamma(first + 1))
    for count in range(first, last):
        yield chance
        chance *= mean / (count + 1)


def _good(first: int, bad: float, limit: float) -> Iterator[float]:
    """Yield the chance of at most limit x n bad ones among n = first, first + 1, … requests."""
    allowed = _allowed(limit, first)
    chance = _binomial(allowed, first, bad)
    total = min(1.0, _below(allowed, first, bad, chance))
    count = first
    while True:
        yield total
        count += 1
        # One request more: it is bad, where as many as are allowed have been bad before.
        total -= bad * chance
        chance *= count / (count - allowed) * (1 - bad)
        while _allowed(limit, count) > allowed:
            allowed += 1
            chance *= (count - allowed + 1) / allowed * bad / (1 - bad)
            total += chance


def _allowed(limit: float, requests: int) -> int:
    return math.floor(limit * requests * (1 + _ROUNDING) + _ROUNDING)


def _too_few(least: int, before: float, first: int, last: int) -> list[float]:
    """Return the chance of fewer than `least` successes in n = first, …, last - 1 trials.

    It is summed from the last on, where it is smallest.
    """
    chance = _binomial(least - 1, last, before)
    found = [0.0]
    for trials in range(last, first, -1):
        chance *= (trials - least + 1) / trials / (1 - before)
        found.append(found[-1] + before * chance)
    return found[:0:-1]


def _binomial(successes: int, trials: int, each: float) -> float:
    ways = math.lgamma(trials + 1) - math.lgamma(successes + 1) - math.lgamma(trials - successes + 1)
    return math.exp(ways + successes * math.log(each) + (trials - successes) * math.log1p(-each))


def _below(successes: int, trials: int, each: float, chance: float) -> float:
    """Return the chance of at most so many successes, from that of exactly so many."""
    total = 0.0
    for count in range(successes, -1, -1):
        total += chance
        chance *= count / (trials - count + 1) * (1 - each) / each
    return total
