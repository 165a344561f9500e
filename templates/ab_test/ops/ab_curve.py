"""The plot of the difference so far, as ids came in, with the interval of each look."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import ab_words
from ab_compared import figure
from ab_scales import Figure, ending, scale, signed
from plot_axes import dot, drawing, marks, path

if TYPE_CHECKING:
    from ab_decision import Decision, Looked

# So many times the difference so far is computed.
POINTS = 24


def course(test: dict[str, Any], found: Decision) -> Iterator[Figure]:
    """Yield the difference so far as ids came in, and the interval of each look at its own level."""
    points = _curve(test, found)
    looks = [(each, each.result) for each in found.looks if each.result]
    if len(points) < 2 or not looks:
        return
    last = looks[-1][0]
    edge, start = margin(test, last), found.plan[-1].ends - test["enrolment_seconds"]
    reach = [end for _, result in looks for end in (result.low, result.high)]
    # Few ids swing widely at first; what matters is near the looks.
    place, side = scale(test, last, [*reach, 0.0, edge], signed(test, last))
    inside = [(x, place(y)) for x, y in points if 0 <= place(y) <= 1]
    parts = [
        path("zero", [(0, place(0)), (1, place(0))]),
        path("limit", [(0, place(edge)), (1, place(edge))]),
    ]
    parts.append(path("line", inside))
    below: list[tuple[float, str]] = [(0.0, "0")]
    for each, result in looks:
        at = (each.plan.ends - start) / test["enrolment_seconds"]
        parts.append(path("whisker treatment", [(at, place(result.low)), (at, place(result.high))]))
        parts.append(dot(at, place(result.difference), 4, "treatment"))
    days = test["enrolment_seconds"] / 86400
    below += [(each.share, ending(each.number, each.count, days)) for each in found.plan]
    head = "Difference so far"
    words = (
        "By the time of each id's first request. Bars are the intervals of the looks, each at its own level: "
        "one that lies beyond the margin (dashed) ends the test."
    )
    yield head, drawing(head, *parts, marks(below, side)), words


def _curve(test: dict[str, Any], found: Decision) -> list[tuple[float, float]]:
    """Return how large the difference was, by the part of the enrolment that had passed."""
    import numpy as np

    if found.units is None or found.label is None:
        return []
    units, label, last = found.units, found.label, found.looks[-1].plan
    start = found.plan[-1].ends - test["enrolment_seconds"]
    usable = ~np.isnan(label) & ~np.isnan(units.value) & (units.other >= last.matured)
    usable &= units.treated == units.answered
    points = []
    for step in range(1, POINTS + 1):
        until = start + (last.ends - start) * step / POINTS
        seen = usable & (units.first < until)
        arms = [seen & units.treated, seen & ~units.treated]
        one, other = (figure(test, label[arm], units.value[arm]) for arm in arms)
        if math.isfinite(one - other):
            points.append(((until - start) / test["enrolment_seconds"], one - other))
    return points


def margin(test: dict[str, Any], last: Looked) -> float:
    """Return the difference of treatment less control that must be exceeded, in the metric's unit."""
    sign = 1 if test["better"] == "higher" else -1
    kind, amount = ab_words.margin(test)
    of = last.result.control if kind == "relative" and last.result else 1.0
    # Never -0, which a page would show.
    return sign * amount * of or 0.0
