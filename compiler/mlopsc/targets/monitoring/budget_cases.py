"""Tests of an alert on a budget: at its threshold, beyond it, with few requests, without any, and its end."""

import math
from collections.abc import Iterator
from typing import Protocol

from mlopsc.targets.monitoring import made_up
from mlopsc.targets.monitoring.human import printed
from mlopsc.targets.monitoring.made_up import MANY, Series, requests, timed
from mlopsc.targets.monitoring.rule import KEEP_FIRING, Case
from mlopsc.targets.monitoring.watched import Watched

# An end after six hours takes promtool too long to be run at every change.
_MINUTES = {"5m": 5, "30m": 30}


class Pace(Protocol):
    """What is needed of a burn."""

    @property
    def short(self) -> str:
        """The short window."""

    @property
    def hold(self) -> float:
        """How many seconds it must hold."""


def cases(bound: float | None, threshold: float, least: int, burn: Pace, watched: Watched) -> Iterator[Case]:
    """Yield the tests; `bound` is a latency in seconds, or none where failures are counted."""
    first = 1 + math.ceil(burn.hold / 60)
    end = first + 5

    def asked(good: str, bad: str, every: str) -> Series:
        if bound is None:
            return requests(watched.scope, {"200": good, "500": bad})
        return timed(watched.scope, bound, good, every)

    def share(bad: float) -> Series:
        count = round(bad * MANY)
        return asked(*(made_up.steady(each, end) for each in (MANY - count, count, MANY)))

    more = round(min(threshold * 1.1, (threshold + 1) / 2), 6)
    told, all_of_it = printed(more, "share"), printed(1, "share")
    few, enough = made_up.once(least - 1, end), made_up.once(least, end)
    yield Case("silent at exactly the threshold", share(threshold), (first, end))
    yield Case("fires above the threshold", share(more), (first - 1,), {first: told, end: told})
    yield Case("silent with too few requests", asked("0+0x9", few, few), (first, end))
    yield Case("fires with just enough", asked(f"0+0x{end}", enough, enough), (), {first: all_of_it})
    yield Case("silent without requests", asked(*[f"5+0x{end}"] * 3), (end,))
    yield Case("silent without data", {}, (end,))
    if burn.short not in _MINUTES:
        return
    # The short window is clean again, whatever the long one remembers.
    begin = 60
    over = begin + _MINUTES[burn.short] + KEEP_FIRING // 60 + 2
    good = f"0+0x{begin} 0+{MANY}x{over - begin}"
    ended = asked(good, made_up.until(MANY, begin, over - begin), made_up.steady(MANY, over))
    yield Case("ends soon after its cause", ended, (over,))
