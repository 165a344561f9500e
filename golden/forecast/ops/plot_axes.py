"""Lines, bars and marks of a plot; places are parts of its width, and of its height from the base up."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

WIDTH, HEIGHT = 360, 170
LEFT, RIGHT, TOP, BASE = 56, 352, 10, 140


def drawing(title: str, *parts: str) -> str:
    """Return the whole, with a title for who cannot see it."""
    label = f'role="img" aria-label="{escape(title)}"'
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" {label}>{"".join(parts)}</svg>'


def path(kind: str, points: Iterable[tuple[float, float]]) -> str:
    """Return a line through points."""
    places = "L".join(f"{_x(across):.1f} {_y(up):.1f}" for across, up in points)
    return f'<path class="{kind}" d="M{places}"/>' if places else ""


def dot(across: float, up: float, radius: float, kind: str = "dot") -> str:
    """Return a point."""
    return f'<circle class="{kind}" cx="{_x(across):.1f}" cy="{_y(up):.1f}" r="{radius:g}"/>'


def bar(kind: str, left: float, width: float, low: float, high: float) -> str:
    """Return a bar from one height to another; nothing where they are the same."""
    if high <= low:
        return ""
    place = f'x="{_x(left) + 0.5:.1f}" width="{width * (RIGHT - LEFT) - 1:.1f}"'
    return f'<rect class="{kind}" {place} y="{_y(high):.1f}" height="{_y(low) - _y(high):.1f}"/>'


def marks(bottom: Iterable[tuple[float, str]], side: Iterable[tuple[float, str]]) -> str:
    """Return the base with its marks, and those of the side."""
    drawn = [path("base", [(0, 0), (1, 0)])]
    for part, text in bottom:
        anchor = "start" if part == 0 else "end" if part == 1 else "middle"
        drawn.append(f'<text x="{_x(part):.1f}" y="{BASE + 16}" text-anchor="{anchor}">{escape(text)}</text>')
    for part, text in side:
        drawn.append(f'<text x="{LEFT - 4}" y="{_y(part) + 4:.1f}" text-anchor="end">{escape(text)}</text>')
    return "".join(drawn)


def _x(across: float) -> float:
    return LEFT + across * (RIGHT - LEFT)


def _y(up: float) -> float:
    return BASE - up * (BASE - TOP)
