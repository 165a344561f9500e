"""The plots of the simulation, each an inline SVG."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

from simulated_runs import Played

WIDTH, HEIGHT = 360, 170
LEFT, RIGHT, TOP, BASE = 56, 352, 10, 140
BINS = 24


def histogram(title: str, values: Sequence[tuple[float, bool]], unit: str) -> str:
    """Return how often a figure was seen; the runs that were promoted stand below the others."""
    top = ceiling(max((value for value, _ in values), default=1.0) or 1.0)
    counts = [[0, 0] for _ in range(BINS)]
    for value, good in values:
        counts[min(BINS - 1, int(value / top * BINS))][not good] += 1
    most = max(1, *map(sum, counts))
    width = (RIGHT - LEFT) / BINS
    bars = []
    for place, (good, bad) in enumerate(counts):
        heights = [each / most * (BASE - TOP) for each in (good, bad)]
        left = LEFT + place * width
        bars.append(_bar("good", left, BASE - heights[0], width, heights[0]))
        bars.append(_bar("bad", left, BASE - sum(heights), width, heights[1]))
    marks = _axis([(0.0, "0"), (0.5, f"{top / 2:g}"), (1.0, f"{top:g} {unit}")], [(1.0, f"{most} runs")])
    return _svg(title, "".join(bars) + marks)


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
    line = _path("line", [(rate / top, share) for rate, share in curve])
    rate, share, low, high = seen
    x = _x(rate / top)
    parts = [
        line,
        f'<line class="whisker" x1="{x:.1f}" x2="{x:.1f}" y1="{_y(low):.1f}" y2="{_y(high):.1f}"/>',
    ]
    parts.append(f'<circle class="dot" cx="{x:.1f}" cy="{_y(share):.1f}" r="4"/>')
    bottom = [(0.0, "0%"), (1.0, f"{percent(top)} errors")]
    if limit:
        at = _x(limit / top)
        parts.insert(0, f'<line class="limit" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{BASE}"/>')
        bottom.insert(1, (limit / top, f"limit {percent(limit)}"))
    return _svg(title, "".join(parts) + _axis(bottom, [(1.0, "100%"), (0.5, "50%"), (0.0, "0%")]))


def course(title: str, run: Played, limit: float | None) -> str:
    """Return one run: the canary's share of the traffic, and its errors in each hold so far."""
    end = max(run.seconds, 1.0)
    inside = [(at, share) for at, share in run.shares if at <= end]
    steps = [(max(0.0, at) / end, share) for at, share in inside]
    corners = [
        point
        for before, after in zip(steps, [*steps[1:], (1.0, 0.0)], strict=True)
        for point in ((before[0], before[1]), (after[0], before[1]))
    ]
    area = _path("share", [(0.0, 0.0), *corners, (1.0, 0.0)])
    rates = [(look.at / end, look.errors / look.requests) for look in run.looks]
    top = ceiling(max([2 * (limit or 0.01), *(rate for _, rate in rates)]))
    holds = _holds([(look.share, x, rate / top) for look, (x, rate) in zip(run.looks, rates, strict=True)])
    parts = [area, *(_path("line", each) for each in holds)]
    parts += [
        f'<circle class="dot" cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="2"/>' for each in holds for x, y in each
    ]
    if limit:
        at = _y(limit / top)
        parts.append(f'<line class="limit" x1="{LEFT}" x2="{RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
    marks = _axis(
        [(0.0, "0"), (1.0, duration(end))], [(1.0, percent(top)), (0.5, percent(top / 2)), (0.0, "0")]
    )
    return _svg(title, "".join(parts) + marks)


def _holds(points: Iterable[tuple[float, float, float]]) -> list[list[tuple[float, float]]]:
    """Return the points of each hold by itself: between two of them counting begins anew."""
    found: list[list[tuple[float, float]]] = []
    before = -1.0
    for share, x, y in points:
        if share != before:
            found.append([])
            before = share
        found[-1].append((x, y))
    return found


def ceiling(value: float) -> float:
    """Return 1, 2, 3, 4, 5, 6, 8 or 10 times a power of ten, which is no less."""
    unit = 10 ** math.floor(math.log10(value))
    return next((step * unit for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * unit >= value * 0.999999), value)


def percent(share: float) -> str:
    """Return a share with at most three digits that matter."""
    return f"{100 * share:.3g}%"


def duration(seconds: float) -> str:
    """Return a time in the largest unit that says enough: 45 s, 32 min, 5.5 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.3g} h"


def _x(part: float) -> float:
    return LEFT + part * (RIGHT - LEFT)


def _y(part: float) -> float:
    return BASE - part * (BASE - TOP)


def _path(kind: str, points: Iterable[tuple[float, float]]) -> str:
    places = "L".join(f"{_x(x):.1f} {_y(y):.1f}" for x, y in points)
    return f'<path class="{kind}" d="M{places}"/>' if places else ""


def _bar(kind: str, left: float, top: float, width: float, height: float) -> str:
    if not height:
        return ""
    place = f'x="{left + 0.5:.1f}" y="{top:.1f}" width="{width - 1:.1f}" height="{height:.1f}"'
    return f'<rect class="{kind}" {place}/>'


def _axis(bottom: Iterable[tuple[float, str]], side: Iterable[tuple[float, str]]) -> str:
    drawn = [f'<line class="base" x1="{LEFT}" x2="{RIGHT}" y1="{BASE}" y2="{BASE}"/>']
    for part, text in bottom:
        anchor = "start" if part == 0 else "end" if part == 1 else "middle"
        drawn.append(f'<text x="{_x(part):.1f}" y="{BASE + 16}" text-anchor="{anchor}">{escape(text)}</text>')
    for part, text in side:
        drawn.append(f'<text x="{LEFT - 4}" y="{_y(part) + 4:.1f}" text-anchor="end">{escape(text)}</text>')
    return "".join(drawn)


def _svg(title: str, drawn: str) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">{drawn}</svg>'
