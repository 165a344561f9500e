"""Whether a canary can decide at all: its hold shows something, its requests come, chance decides seldom."""

import math
from collections.abc import Iterator

from mlopsc.checks.statistics.canary_words import amount, bad, chance, duration, share
from mlopsc.checks.statistics.deciding import MOST_BAD, MOST_SOUND, Deciding, deciding, steps
from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View

_HOLD: Path = ("deployment", "hold")
# Prometheus asks every 15 seconds as we set it up, and a figure of a window takes several answers.
_SHORTEST = 60


def hold(view: View) -> Iterator[Diagnostic]:
    """A step is held until Prometheus has seen something, and the requests that it asks for (M357)."""
    rollout = steps(view.spec)
    if rollout and rollout.hold < _SHORTEST:
        message = (
            f"{duration(rollout.hold)} are over before Prometheus has seen much: it looks every 15 seconds"
        )
        yield Diagnostic("M357", message, _HOLD, hint="write `hold: 10m`, and at least `1m`")
        return
    found = deciding(view.spec)
    step = found.starved() if found else None
    if found is None or step is None:
        return
    canary, least = found.canary(), found.rollout.min_requests
    message = f"in {duration(found.rollout.hold)} a canary of {share(canary.shares[step])} answers about "
    message += f"{amount(canary.requests()[step])} requests, and a verdict takes {least:,}"
    if found.rollout.on_no_data == "wait":
        message += "; there are too few until the deadline, too"
    hint = _ways(found) or "ask for fewer by `min_requests`, or begin with a larger step"
    yield Diagnostic("M357", message, _HOLD, hint=hint)


def verdicts(view: View) -> Iterator[Diagnostic]:
    """Chance promotes few bad versions and rolls back few sound ones (M358)."""
    found = deciding(view.spec)
    if found is None or found.starved() is not None or found.rollout.hold < _SHORTEST or not found.limit:
        return
    canary = found.canary()
    promoted, rolled_back = canary.promoted(found.bad), 1 - canary.promoted(found.sound)
    said = [f"{bad(found)} is promoted with probability {chance(promoted)}"] * (promoted > MOST_BAD)
    if rolled_back > MOST_SOUND:
        why = f"a version with half of them ({share(found.sound)})" if said else _sound(found)
        few = 1 - math.prod(canary.reached(step) for step in range(len(canary.shares)))
        mostly = f", mostly for want of {found.rollout.min_requests:,} requests" * (few > rolled_back / 2)
        said.append(f"{why} is rolled back with probability {chance(rolled_back)}{mostly}")
    if said:
        hint = _ways(found) or "hold each step longer, begin with a larger one, or set another limit"
        yield Diagnostic("M358", " and ".join(said), _HOLD, hint=hint)


def _sound(found: Deciding) -> str:
    what = "errors" if found.by == "error_rate" else f"answers beyond `{found.by}`"
    return f"a version with half of the allowed {what} ({share(found.sound)})"


def _ways(found: Deciding) -> str:
    longer, number = found.longer(), found.other_number()
    ways = [f"`hold: {duration(longer)}`"] if longer else []
    ways += [f"`promote_if: {{min_requests: {number}}}`"] if number else []
    return f"write {' or '.join(ways)}" if ways else ""


RULES = (hold, verdicts)
