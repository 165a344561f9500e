"""Whether a canary can decide at all: its hold shows something, its requests come, chance decides seldom."""

import math
from collections.abc import Iterator

from mlopsc.checks.statistics.canary_words import bad
from mlopsc.checks.statistics.deciding import MOST_BAD, MOST_SOUND, Deciding, deciding, steps
from mlopsc.checks.statistics.written import amount, chance, duration, share
from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View

_HOLD: Path = ("deployment", "hold")
_SHADOW: Path = ("deployment", "shadow_first")
# Prometheus asks every 15 seconds as we set it up, and a figure of a window takes several answers.
_SHORTEST = 60


def hold(view: View) -> Iterator[Diagnostic]:
    """A step is held until Prometheus has seen something, and the requests that it asks for (M357)."""
    rollout = steps(view.spec)
    held = {_HOLD: rollout.hold, _SHADOW: rollout.shadow} if rollout else {}
    for at, seconds in held.items():
        if 0 < seconds < _SHORTEST:
            message = (
                f"{duration(seconds)} are over before Prometheus has seen much: it looks every 15 seconds"
            )
            yield Diagnostic("M357", message, at, hint=f"write `{at[-1]}: 10m`, and at least `1m`")
            return
    found = deciding(view.spec)
    step = found.starved() if found else None
    if found is None or step is None:
        return
    canary, copied = found.canary(), found.copied and step == 0
    who = "a canary with a copy of all traffic" if copied else f"a canary of {share(canary.shares[step])}"
    message = f"in {duration(canary.holds[step])} {who} answers about {amount(canary.requests()[step])} "
    message += f"requests, and a verdict takes {found.rollout.min_requests:,}"
    if found.rollout.on_no_data == "wait":
        message += "; there are too few until the deadline, too"
    hint = (
        _ways(found) or f"ask for fewer by `min_requests`{'' if copied else ', or begin with a larger step'}"
    )
    yield Diagnostic("M357", message, _SHADOW if copied else _HOLD, hint=hint)


def verdicts(view: View) -> Iterator[Diagnostic]:
    """Chance promotes few bad versions and rolls back few sound ones (M358)."""
    found = deciding(view.spec)
    if found is None or not found.limit or found.starved() is not None:
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
        at = _HOLD if found.rollout.steps else _SHADOW
        yield Diagnostic("M358", " and ".join(said), at, hint=hint)


def _sound(found: Deciding) -> str:
    what = "errors" if found.by == "error_rate" else f"answers beyond `{found.by}`"
    return f"a version with half of the allowed {what} ({share(found.sound)})"


def _ways(found: Deciding) -> str:
    """Return what to write instead, or nothing where no usual time or number would do."""
    ways: list[str] = []
    for at, copy in ((_HOLD, False), (_SHADOW, True)):
        if not ways and (longer := found.longer(copy)):
            ways.append(f"`{at[-1]}: {duration(longer)}`")
    if number := found.other_number():
        ways.append(f"`promote_if: {{min_requests: {number}}}`")
    return f"write {' or '.join(ways)}" if ways else ""


RULES = (hold, verdicts)
