"""The plots of the simulation, each an inline SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from plot_axes import bar, dot, drawing, marks, path
from simulated_played import Played
from simulated_words import ceiling, duration, percent

BINS = 24


def histogram(title: str, values: Sequence[tuple[float, bool]], unit: str) -> str:
    """Return how often a figure was seen; the runs that were promoted stand below the others."""
    top = ceiling(max((value for value, _ in values), default=1.0) or 1.0)
    counts = [[0, 0] for _ in range(BINS)]
    for value, good in values:
        counts[min(BINS - 1, int(value / top * BINS))][not good] += 1
    most = max(1, *map(sum, counts))
    bars = [
        bar("good", place / BINS, 1 / BINS, 0, good / most)
        + bar("bad", place / BINS, 1 / BINS, good / most, (good + bad) / most)
        for place, (good, bad) in enumerate(counts)
    ]
    bottom = [(0.0, "0"), (0.5, f"{top / 2:g}"), (1.0, f"{top:g} {unit}")]
    return drawing(title, *bars, marks(bottom, [(1.0, f"{most} runs")]))


def chances(
    title: str,
    curve: Sequence[tuple[float, float]],
    limit: float | None,
    seen: tuple[float, float, float, float],
) -> str:
    """Return how the chance of being promoted falls with the error rate.

    `seen` is the rate of the runs, the share of them that was promoted, and its interval.
    """
    top = curve[-1][0]
    rate, share, low, high = seen
    own = [(0.0, "0%"), (1.0, f"{percent(top)} errors")]
    parts = [path("line", [(each / top, chance) for each, chance in curve])]
    parts += [path("whisker", [(rate / top, low), (rate / top, high)]), dot(rate / top, share, 4)]
    if limit:
        parts.insert(0, path("limit", [(limit / top, 0), (limit / top, 1)]))
        own.append((limit / top, f"limit {percent(limit)}"))
    return drawing(title, *parts, marks(own, [(1.0, "100%"), (0.5, "50%"), (0.0, "0%")]))


def course(title: str, run: Played, limit: float | None) -> str:
    """Return one run: the canary's share of the traffic, and its errors in each hold so far."""
    end = max(run.seconds, 1.0)
    steps = [(max(0.0, at) / end, share) for at, share in run.shares if at <= end]
    area = [(0.0, 0.0)]
    for (at, share), (until, _) in zip(steps, [*steps[1:], (1.0, 0.0)], strict=True):
        area += [(at, share), (until, share)]
    rates = [(look.share, look.at / end, look.errors / look.requests) for look in run.looks]
    top = ceiling(max([2 * (limit or 0.01), *(rate for _, _, rate in rates)]))
    parts = [path("share", [*area, (1.0, 0.0)])]
    for hold in _holds([(share, at, rate / top) for share, at, rate in rates]):
        parts += [path("line", hold), *(dot(at, rate, 2) for at, rate in hold)]
    if limit:
        parts.append(path("limit", [(0, limit / top), (1, limit / top)]))
    side = [(1.0, percent(top)), (0.5, percent(top / 2)), (0.0, "0")]
    return drawing(title, *parts, marks([(0.0, "0"), (1.0, duration(end))], side))


def _holds(points: Iterable[tuple[float, float, float]]) -> list[list[tuple[float, float]]]:
    """Return the points of each hold by itself: between two of them counting begins anew."""
    found: list[list[tuple[float, float]]] = []
    before = -1.0
    for share, at, rate in points:
        if share != before:
            found.append([])
            before = share
        found[-1].append((at, rate))
    return found
