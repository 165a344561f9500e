"""One inline SVG per column: the shares of the reference as areas or bars, the current data over them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from drift_pairs import Pair

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH, HEIGHT, BASE = 360, 120, 100
BINS, BARS, LABEL = 40, 8, 14


def plot(name: str, pair: Pair) -> str:
    """Return the SVG of a column."""
    drawn = _categories(pair) if pair.values.dtype == object else _numbers(pair)
    title = f"{name}: shares of the reference and of the current data"
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
        f'{drawn}<line class="base" x1="0" y1="{BASE}" x2="{WIDTH}" y2="{BASE}"/></svg>'
    )


def _numbers(pair: Pair) -> str:
    """Return two histograms over one range, which leaves out the outermost 0.5% of both."""
    import numpy as np

    low, high = _range(pair)
    edges = _edges(pair, low, high)
    inside = (pair.values >= low) & (pair.values <= high)
    sides = [
        np.histogram(pair.values[inside], edges, weights=counts[inside])[0] / counts.sum()
        for counts in (pair.reference, pair.current)
    ]
    top = max(side.max() for side in sides) or 1.0
    then, now = (_steps(side / top) for side in sides)
    return (
        f'<path class="then" d="M0 {BASE}{then}L{WIDTH} {BASE}Z"/>'
        f'<path class="now" d="M0 {BASE}{now}L{WIDTH} {BASE}"/>'
        + _text(0, "start", f"{low:.4g}")
        + _text(WIDTH, "end", f"{high:.4g}")
    )


def _edges(pair: Pair, low: float, high: float) -> NDArray[Any]:
    """Return the ends of the bins; of whole numbers each holds as many, or the plot looks like a comb."""
    import numpy as np

    if np.all(pair.values == np.round(pair.values)):
        width = max(1.0, np.ceil((high - low + 1) / BINS))
        return np.arange(low - 0.5, high + width, width)
    return np.linspace(low, high, BINS + 1)


def _range(pair: Pair) -> tuple[float, float]:
    import numpy as np

    ends: list[float] = []
    for counts in (pair.reference, pair.current):
        shares = counts.cumsum() / counts.sum()
        ends += [float(pair.values[np.searchsorted(shares, level)]) for level in (0.005, 0.995)]
    low, high = min(ends), max(ends)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _steps(heights: NDArray[Any]) -> str:
    step = WIDTH / len(heights)
    return "".join(
        f"L{place * step:.4g} {BASE - height * (BASE - 4):.4g}H{(place + 1) * step:.4g}"
        for place, height in enumerate(heights)
    )


def _categories(pair: Pair) -> str:
    """Return two bars for each of the most frequent categories, by their larger share."""
    import numpy as np

    then, now = (counts / max(1, counts.sum()) for counts in (pair.reference, pair.current))
    chosen = np.argsort(-np.maximum(then, now), kind="stable")[:BARS]
    top = float(np.maximum(then, now).max()) or 1.0
    slot = WIDTH / len(chosen)
    return "".join(
        _bar("then", place * slot + slot * 0.12, slot * 0.36, then[each] / top)
        + _bar("now bar", place * slot + slot * 0.52, slot * 0.36, now[each] / top)
        + _text((place + 0.5) * slot, "middle", _short(str(pair.values[each]), int(slot / 6)))
        for place, each in enumerate(chosen)
    )


def _bar(kind: str, left: float, width: float, share: float) -> str:
    height = share * (BASE - 4)
    place = f'x="{left:.4g}" y="{BASE - height:.4g}" width="{width:.4g}" height="{height:.4g}"'
    return f'<rect class="{kind}" {place}/>'


def _text(left: float, anchor: str, text: str) -> str:
    return f'<text x="{left:.4g}" y="{HEIGHT - 6}" text-anchor="{anchor}">{escape(text)}</text>'


def _short(text: str, length: int) -> str:
    return text if len(text) <= max(length, 4) else text[: max(length, 4) - 1] + "…"
