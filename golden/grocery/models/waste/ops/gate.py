"""The gate: thresholds, and improvement on the champion. What is not a number never passes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from figures import Figures, difference

ROUNDING = 1e-9  # 0.905 - 0.9 is a little less than 0.005


@dataclass(frozen=True)
class Ruling:
    """What became of one rule: whether it holds, and a line that says by how much."""

    metric: str
    passed: bool
    line: str
    details: Mapping[str, Any]


def judge(
    rules: list[dict[str, Any]], better: dict[str, str], new: Figures, champion: Figures | None
) -> list[Ruling]:
    """Return a ruling per rule; without a champion only the thresholds count.

    `better` says for each metric whether `higher` or `lower` is better.
    """
    rulings = []
    for rule in rules:
        name = rule["metric"]
        if not math.isfinite(new.metrics.get(name, math.nan)):
            said = "is not a number" if name in new.metrics else "is not among the metrics"
            rulings.append(Ruling(name, False, f"{name} {said}", {}))
            continue
        for key in ("min", "max"):
            if key in rule:
                rulings.append(_threshold(name, key, rule[key], new))
        if "improves_on" in rule and champion is not None:
            rulings.append(_comparison(rule, better[name], new, champion))
    return rulings


def _threshold(name: str, key: str, bound: float, new: Figures) -> Ruling:
    value = new.metrics[name]
    missing = bound - value if key == "min" else value - bound
    passed = missing <= ROUNDING * abs(bound)
    words = {"min": "at least", "max": "at most"}[key]
    line = f"{name} {_told(name, new)} {'is' if passed else 'is not'} {words} {bound:g}"
    return Ruling(
        name, passed, line + ("" if passed else f": {missing:.4g} off"), _details(name, new) | {key: bound}
    )


def _comparison(rule: dict[str, Any], direction: str, new: Figures, champion: Figures) -> Ruling:
    name = rule["metric"]
    old = champion.metrics.get(name, math.nan)
    if not math.isfinite(old):
        return Ruling(name, False, f"{name} of the champion is not known on this data", _details(name, new))
    by = rule.get("by", {})
    needed = by.get("absolute", 0.0) + by.get("relative", 0.0) * abs(old)
    change = new.metrics[name] - old
    gain = change if direction == "higher" else -change
    passed = gain >= needed - ROUNDING * max(abs(old), needed) if needed else gain > 0
    word = "better" if gain > 0 else "worse" if gain < 0 else "as good"
    size = f" by {abs(gain):.4g}" if gain else ""
    line = (
        f"{name} {_told(name, new)} is {word}{size} against the champion's {old:.4g}; needed: {_need(needed)}"
    )
    details = _details(name, new) | {"champion": old, "gain": gain, "needed": needed}
    if (interval := difference(new, champion, name)) is None:
        return Ruling(name, passed, line, details)
    low, high = interval if direction == "higher" else (-interval[1], -interval[0])
    line += f"; 95% interval of the gain {low:.4g} to {high:.4g}"
    if low <= 0 <= high:
        line += ", which this sample cannot tell from none"
    return Ruling(name, passed, line, details | {"gain_interval": [low, high]})


def _need(needed: float) -> str:
    return f"at least {needed:.4g}" if needed else "any"


def _told(name: str, figures: Figures) -> str:
    """Return a figure with its interval and sample size, where they are known."""
    interval, size = figures.interval(name), figures.size(name)
    parts = [f"95% interval {interval[0]:.4g} to {interval[1]:.4g}"] if interval else []
    parts += [f"n {size}"] if size else []
    return f"{figures.metrics[name]:.4g}" + (f" ({', '.join(parts)})" if parts else "")


def _details(name: str, figures: Figures) -> dict[str, Any]:
    return {
        "value": figures.metrics[name],
        "interval": figures.interval(name),
        "n": figures.size(name) or None,
    }
