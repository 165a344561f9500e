"""What a canary decides by chance, in words."""

import math
from collections.abc import Iterable

from mlopsc.checks.statistics.deciding import Deciding

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_UNKNOWN = "without `serving.traffic` it cannot be said how often the canary errs"
_LEAST, _MOST = 1e-8, 0.999


def meaning(found: Deciding | None) -> str:
    """Return the sentence about a canary; without its traffic, that nothing can be said."""
    if found is None:
        return _UNKNOWN
    if not found.limit:
        return f"a single failed request rolls a version back, at {_requests(found)}"
    promoted, kept = (found.canary().promoted(each) for each in (found.bad, found.sound))
    return (
        f"{bad(found)} is promoted with probability {chance(promoted)}, a sound one ({share(found.sound)}) "
        f"is rolled back with {chance(1 - kept)}: {_requests(found, each=True)}"
    )


def bad(found: Deciding) -> str:
    """Return what a bad version is, e.g. `a version with twice the allowed errors (2%)`."""
    if found.by == "error_rate":
        return f"a version with twice the allowed errors ({share(found.bad)})"
    return f"a version with twice as many answers beyond `{found.by}` as allowed ({share(found.bad)})"


def chance(probability: float) -> str:
    """Return a probability in percent, with two digits that matter."""
    if probability < _LEAST:
        return f"less than {share(_LEAST)}"
    if probability > _MOST:
        return f"more than {share(_MOST)}"
    percent = probability * 100
    text = f"{percent:.{max(0, 1 - math.floor(math.log10(percent)))}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def share(value: float) -> str:
    """Return a share in percent, as it would be written in a spec."""
    text = f"{value * 100:.8f}"
    return f"{text.rstrip('0').rstrip('.')}%"


def amount(number: float) -> str:
    """Return a number of requests with three digits that matter."""
    return f"{float(f'{number:.3g}'):,.0f}" if number >= 1 else f"{number:.1g}"


def duration(seconds: int) -> str:
    """Return seconds as a spec has them: `10m`, `2h`, `90s`."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def listed(parts: Iterable[str]) -> str:
    """Return `a`, `a and b`, or `a, b and c`."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def _requests(found: Deciding, each: bool = False) -> str:
    """Return what is judged and, if asked for, with which chance the bad version passes each of several."""
    canary = found.canary()
    expected = [amount(number) for number in canary.requests()]
    passed = [chance(canary.passes(step, found.bad)) for step in range(len(expected) if each else 0)]
    several, first = len(passed) > 1, ""
    if found.copied:
        through = f" (which the bad one passes with {passed.pop(0)})" if several else ""
        first = f"{expected.pop(0)} copied requests in {duration(found.rollout.shadow)}{through}"
    if not expected:
        return first
    count = _NUMBERS[len(expected)] if len(expected) < len(_NUMBERS) else str(len(expected))
    what = "one step" if len(expected) == 1 else f"{count} steps"
    more = " or longer" if found.rollout.on_no_data == "wait" else ""
    through = f" ({'' if first else 'which the bad one passes with '}{listed(passed)})" if several else ""
    held = f"in {what} of {duration(found.rollout.hold)}{more}{through}"
    return f"{first and f'{first}, then '}{listed(expected)} requests of the canary {held}"
