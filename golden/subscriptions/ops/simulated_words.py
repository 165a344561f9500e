"""Figures as a person reads them."""

from __future__ import annotations

import math


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


def milliseconds(seconds: float) -> str:
    """Return a latency: 150 ms."""
    return f"{1000 * seconds:g} ms"
