"""Series that tests make up: promtool's notation, one sample a minute from minute 0."""

import math
from collections.abc import Mapping

from mlopsc.targets.monitoring.figure import REQUESTS, SECONDS
from mlopsc.targets.monitoring.promql import Scope, matcher, number, series

# Shares of so many requests a minute are whole numbers of requests.
MANY = 1_000_000
Series = dict[str, str]


def level(value: float, minutes: int) -> str:
    """Return a gauge that stays where it is."""
    return " ".join([said(value)] * 3) if math.isnan(value) else f"{said(value)}+0x{minutes}"


def alternating(one: float, other: float, minutes: int) -> str:
    """Return a gauge that is another one at each sample."""
    return " ".join(said(other if minute % 2 else one) for minute in range(minutes + 1))


def steady(each_minute: float, minutes: int) -> str:
    """Return a counter that grows evenly."""
    return f"0+{said(each_minute)}x{minutes}"


def bursts(count: float, minutes: int) -> str:
    """Return a counter that grows by so much within each five minutes, first in the first minute.

    Any five minutes hold one burst, so that its rate is exact from the first minute on.
    """
    blocks = range(1, minutes // 5 + 2)
    return " ".join(["0", *(f"{said(count * block)}+0x4" for block in blocks)])


def until(each_minute: float, end: int, minutes: int) -> str:
    """Return a counter that grows evenly until a minute, and stays there."""
    return f"0+{said(each_minute)}x{end} {said(each_minute * end)}+0x{minutes}"


def frozen(age: float, minutes: int) -> str:
    """Return a time that is always so many seconds ago."""
    return f"{said(-age)}+60x{minutes}"


def once(count: int, minutes: int) -> str:
    """Return a counter that has grown by so much within the first minute."""
    return f"0 {count}+0x{minutes}"


def said(value: float) -> str:
    """Return a number as promtool reads it."""
    if math.isnan(value) or math.isinf(value):
        return "NaN" if math.isnan(value) else "Inf"
    return number(round(value, 9))


def requests(scope: Scope, counts: Mapping[str, str]) -> Series:
    """Return the counters of answers, by code."""
    return {series(REQUESTS, scope, 'version="7"', matcher("code", code)): v for code, v in counts.items()}


def timed(scope: Scope, bound: float, quick: str, every: str) -> Series:
    """Return a histogram with so many requests within a bound."""
    histogram = {
        series(f"{SECONDS}_bucket", scope, 'version="7"', matcher("le", str(bound))): quick,
        series(f"{SECONDS}_bucket", scope, 'version="7"', matcher("le", "+Inf")): every,
    }
    return histogram | {series(f"{SECONDS}_count", scope, 'version="7"'): every}
