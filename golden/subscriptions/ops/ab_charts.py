"""The plots of an A/B test, each an inline SVG, with the words below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import ab_words
from ab_curve import course, margin
from ab_doubts import wanted
from ab_rows import ARMS
from ab_scales import Figure, ends, percent, placed, scale, signed
from plot_axes import bar, dot, drawing, marks, path

if TYPE_CHECKING:
    from ab_decision import Decision, Looked
    from ab_result import Result


def charts(test: dict[str, Any], found: Decision) -> Iterator[Figure]:
    """Yield the head, the plot and the words of each figure that the last look allows."""
    last = found.looks[-1]
    if last.result:
        yield _arms(test, found, last, last.result)
        yield _difference(test, last, last.result)
    yield from course(test, found)
    yield _samples(test, last)


def _arms(test: dict[str, Any], found: Decision, last: Looked, result: Result) -> Figure:
    sides = [
        ("control", result.control, result.control_interval),
        ("treatment", result.treatment, result.treatment_interval),
    ]
    place, side = scale(test, last, [end for _, _, reach in sides for end in reach])
    parts, below = [], []
    for across, (arm, value, reach) in zip((0.3, 0.7), sides, strict=True):
        parts += [path(f"whisker {arm}", [(across, place(end)) for end in reach])]
        parts.append(dot(across, place(value), 5, arm))
        number = {"control": found.control, "treatment": found.version}[arm]
        below.append((across, f"{arm}, version {number}" if number else arm))
    head = f"{test['metric']} in each arm"
    return head, drawing(head, *parts, marks(below, side)), "With 95% intervals."


def _difference(test: dict[str, Any], last: Looked, result: Result) -> Figure:
    """Return the interval that decides beside the margin: relative where the margin is."""
    name, low, high = ab_words.interval(result, last.plan.level)
    middle, edge, show = result.difference, margin(test, last), signed(test, last)
    if result.change:
        middle, low, high = result.change
        edge, show = (1 if test["better"] == "higher" else -1) * test["margin"]["relative"], percent
    reach = ends([low, high, 0.0, edge])
    place = placed(reach)
    wall = reach[1] if test["better"] == "higher" else reach[0]
    parts = [
        path("zone", [(place(edge), 0), (place(edge), 1), (place(wall), 1), (place(wall), 0)]),
        path("limit", [(place(edge), 0), (place(edge), 1)]),
        path("zero", [(place(0), 0), (place(0), 1)]),
        path("whisker treatment", [(place(low), 0.5), (place(high), 0.5)]),
        dot(place(middle), 0.5, 5, "treatment"),
    ]
    bottom = [(place(each), show(each)) for each in dict.fromkeys((low, high))]
    head = "Difference of the treatment" + (", relative to the control" if result.change else "")
    words = f"{show(middle)} with its {name} interval; it must lie in the shaded part, past {show(edge)}."
    return head, drawing(head, *parts, marks(bottom, [])), words


def _samples(test: dict[str, Any], last: Looked) -> Figure:
    """Return ids and outcomes of each arm beside what is needed."""
    least, found = wanted(test, last.plan), last.sample
    bars = [
        (arm, kind, count)
        for arm in ARMS
        for kind, count in (("needed", least[arm]), ("ids", found.kept[arm]), ("known", found.known[arm]))
    ]
    top = max(count for _, _, count in bars) or 1
    parts = [
        bar(
            kind if kind == "needed" else f"{kind} {arm}",
            0.06 + 0.5 * (place // 3) + 0.13 * (place % 3),
            0.11,
            0,
            count / top,
        )
        for place, (arm, kind, count) in enumerate(bars)
    ]
    below = [(0.25, "control"), (0.75, "treatment")]
    head = "Sample of each arm"
    words = "From left to right: outcomes that are needed, ids that were answered, outcomes that are known."
    return head, drawing(head, *parts, marks(below, [(1.0, f"{top:,}"), (0.0, "0")])), words
