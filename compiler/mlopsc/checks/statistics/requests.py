"""Requests that come by chance, and are bad by chance: how often there are enough, and few bad ones."""

import math
from collections.abc import Iterator

from mlopsc.chance.distributions import normal_cdf

# So many standard deviations from the mean there is nothing left of a sum.
_FAR = 7.5
# From so many expected requests on, their number is summed over the bad ones, of which there are fewer.
_MANY = 20_000
# With so many allowed errors, half and twice as many are more than 20 standard deviations away.
_SURE = 2000
# As the controller has it, so that what is exactly at a limit is good however it is computed.
_ROUNDING = 1e-6


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
    first, last = around(mean, least)
    seen = zip(poisson(mean, first, last), good(first, bad, limit), strict=False)
    return min(1.0, sum(chance * fine for chance, fine in seen))


def at_least(count: int, mean: float) -> float:
    """Return P(n >= count) for n ~ Poisson(mean); of large means by Edgeworth's second term, to 1e-5."""
    if count <= 0:
        return 1.0
    if mean > _MANY:
        z = (count - 0.5 - mean) / math.sqrt(mean)
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        return min(1.0, max(0.0, normal_cdf(-z) + (z * z - 1) * density / 6 / math.sqrt(mean)))
    first, last = around(mean, 0)
    return 1.0 if count <= first else min(1.0, sum(poisson(mean, count, last)))


def _over_bad(mean: float, least: int, bad: float, limit: float) -> float:
    """Return the same sum as `passing`, over the number of bad requests: they are independent of the rest."""
    first, last = around(mean * bad, 0)
    total = 0.0
    for errors, chance in enumerate(poisson(mean * bad, first, last), first):
        # With fewer requests so many errors would be too many.
        wanted = max(least, math.ceil((errors - _ROUNDING) / limit / (1 + _ROUNDING))) - errors
        total += chance * at_least(wanted, mean * (1 - bad))
    return min(1.0, total)


def around(mean: float, least: int) -> tuple[int, int]:
    """Return from where to where a Poisson variable of at least `least` lies."""
    width = _FAR * math.sqrt(mean) + _FAR**2
    return max(least, int(mean - width)), int(mean + width) + 2


def poisson(mean: float, first: int, last: int) -> Iterator[float]:
    """Yield the chances of first, first + 1, …, last - 1."""
    if mean <= 0:
        yield from (1.0 if count == 0 else 0.0 for count in range(first, last))
        return
    chance = math.exp(first * math.log(mean) - mean - math.lgamma(first + 1))
    for count in range(first, last):
        yield chance
        chance *= mean / (count + 1)


def good(first: int, bad: float, limit: float) -> Iterator[float]:
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


def too_few(least: int, before: float, first: int, last: int) -> list[float]:
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
