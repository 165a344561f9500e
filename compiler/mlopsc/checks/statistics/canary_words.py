"""What a canary decides by chance, in words."""

from mlopsc.checks.statistics.deciding import Deciding
from mlopsc.checks.statistics.written import amount, chance, duration, listed, share

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_UNKNOWN = "without `serving.traffic` it cannot be said how often the canary errs"


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
