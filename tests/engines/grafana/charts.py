"""Lines over time as SVG: axes, limits, and a legend that a person can read."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

PALETTE = ("#56A64B", "#3274D9", "#E0B400", "#8F3BB8", "#FF780A", "#E02F44", "#1F9E9E", "#7C6A53")
COLORS = {"green": "#56A64B", "orange": "#FF780A", "red": "#E02F44"}
LEFT, RIGHT, TOP, BOTTOM = 62, 14, 10, 24
TIMES = ((86400, "days"), (3600, "hours"), (60, "min"))
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Line:
    """A series with the name that its legend gives it."""

    name: str
    points: Points


def value(number: float, unit: str) -> str:
    """Return a number in its unit, short."""
    if unit == "percentunit":
        return f"{100 * number:.3g}%"
    if unit == "s":
        for size, word in TIMES:
            if abs(number) >= size:
                return f"{number / size:.3g} {word}"
        return f"{number:.3g} s" if abs(number) >= 1 or not number else f"{1000 * number:.3g} ms"
    return f"{number:.4g}{' req/s' if unit == 'reqps' else ''}"


def chart(
    lines: Sequence[Line],
    unit: str,
    limits: Sequence[tuple[float, str]],
    size: tuple[int, int],
    whole: bool = False,
) -> str:
    """Return a chart of some pixels; `limits` are drawn dashed, and only `whole` numbers stand at its side."""
    width, height = size
    times = [at for line in lines for at, _ in line.points]
    numbers = [number for line in lines for _, number in line.points] + [level for level, _ in limits]
    size_of = next((size for size, _ in TIMES if unit == "s" and max(numbers) >= size), 1)
    ticks = [tick * size_of for tick in scale(min([0.0, *numbers]) / size_of, max(numbers) / size_of, whole)]
    first, last = min(times), max(times)

    def x(at: float) -> float:
        return LEFT + (at - first) / ((last - first) or 1) * (width - LEFT - RIGHT)

    def y(number: float) -> float:
        low, high = ticks[0], ticks[-1]
        return height - BOTTOM - (number - low) / (high - low) * (height - TOP - BOTTOM)

    drawn = [*_grid(ticks, unit, width, y), *_clock(first, last, height, x)]
    for level, color in limits:
        drawn.append(
            f'<line x1="{LEFT}" x2="{width - RIGHT}" y1="{y(level):.1f}" y2="{y(level):.1f}" '
            f'stroke="{COLORS[color]}" stroke-width="1.5" stroke-dasharray="8 5"/>'
        )
    for index, line in enumerate(lines):
        path = " ".join(f"{x(at):.1f},{y(number):.1f}" for at, number in line.points)
        color = PALETTE[index % len(PALETTE)]
        drawn.append(
            f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2" stroke-linejoin="round"/>'
        )
    return f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}">{"".join(drawn)}</svg>'


def scale(low: float, high: float, whole: bool = False) -> list[float]:
    """Return some round, or whole, numbers that hold all between two."""
    if high <= low:
        high = low + 1
    rough = (high - low) / 4
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough)
    step = max(step, 1) if whole else step
    start, end = math.floor(low / step), math.ceil(high / step + 1e-9)
    return [place * step for place in range(start, end + 1)]


def _grid(ticks: Sequence[float], unit: str, width: int, y: Callable[[float], float]) -> Iterator[str]:
    for tick in ticks:
        yield f'<line x1="{LEFT}" x2="{width - RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" stroke="#e4e7ea"/>'
        yield f'<text x="{LEFT - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{escape(value(tick, unit))}</text>'


def _clock(first: float, last: float, height: int, x: Callable[[float], float]) -> Iterator[str]:
    for part in range(5):
        at = first + (last - first) * part / 4
        anchor = "start" if not part else "end" if part == 4 else "middle"
        words = time.strftime("%H:%M:%S", time.gmtime(at))
        yield f'<text x="{x(at):.1f}" y="{height - 6}" text-anchor="{anchor}">{words}</text>'


def legend(lines: Sequence[Line], unit: str) -> str:
    """Return the names of the lines, each with its last value."""
    entries = (
        f'<span class="entry"><i style="background:{PALETTE[index % len(PALETTE)]}"></i>'
        f"{escape(line.name)} <b>{escape(value(line.points[-1][1], unit))}</b></span>"
        for index, line in enumerate(lines)
    )
    return f'<div class="legend">{"".join(entries)}</div>'
