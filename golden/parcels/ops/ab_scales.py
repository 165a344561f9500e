"""Axes of an A/B test's plots: where a figure of the metric stands, and how it is written beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import ab_words

if TYPE_CHECKING:
    from ab_decision import Looked

# The head of a plot, its SVG, and the words below it.
Figure = tuple[str, str, str]
Place = Callable[[float], float]
Show = Callable[[float], str]


def scale(
    test: dict[str, Any], last: Looked, values: Sequence[float], show: Show | None = None
) -> tuple[Place, list[tuple[float, str]]]:
    """Return where a value stands from 0 to 1, and the marks of its axis."""
    low, high = ends(values)
    place = placed((low, high))
    said = show or (lambda value: ab_words.value(test, last, value))
    return place, [
        (place(value), said(value)) for value in (low + (high - low) * part for part in (0, 0.5, 1))
    ]


def ends(values: Sequence[float]) -> tuple[float, float]:
    """Return ends with some room beside the least and the greatest value."""
    low, high = min(values), max(values)
    room = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    return low - room, high + room


def placed(reach: tuple[float, float]) -> Place:
    """Return where a value stands between two others, as a part of the way."""
    low, high = reach
    return lambda value: (value - low) / (high - low)


def signed(test: dict[str, Any], last: Looked) -> Show:
    """Return how a difference is written: of shares in points of percent."""
    if ab_words.shares(test, last):
        return lambda value: f"{100 * value:+.2f} pp"
    return lambda value: f"{value:+.3g}"


def percent(value: float) -> str:
    """Return a relative difference."""
    return f"{100 * value:+.2f}%"


def ending(number: int, count: int, days: float) -> str:
    """Return the mark below the end of a look; of many, only below the last."""
    if number == count:
        return f"{days:.4g} days" if days >= 1 else f"{24 * days:.3g} hours"
    return f"look {number}" if count <= 5 else ""
