"""The figures of an evaluation, and how far each can be trusted.

A metrics file holds numbers, nested as it likes: `{"recall": {"enterprise": 0.8}}` is the metric
`recall.enterprise`. Two keys are read apart: `n`, the sample size (a number for all rows, or one per
metric: recall counts positives only), and `ci`, the 95% interval `[low, high]` of a metric.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Z = 1.959964  # the two-sided 95% point of the normal distribution
# Shares of all rows; for others, such as recall, the rows that count are not all rows.
SHARES = frozenset({"accuracy", "error_rate"})


@dataclass(frozen=True)
class Figures:
    """The metrics of one model on one data set, by dotted name."""

    metrics: Mapping[str, float]
    samples: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]

    def interval(self, name: str) -> tuple[float, float] | None:
        """Return the 95% interval of a metric: the given one, Wilson's for a share, or none."""
        if name in self.intervals:
            return self.intervals[name]
        count, share = self.size(name), self.metrics.get(name, math.nan)
        return wilson(share, count) if count and 0 <= share <= 1 and self._is_share(name) else None

    def size(self, name: str) -> int:
        """Return the rows that a metric counts, 0 if unknown."""
        return int(self.samples.get(name, self.samples.get("", 0)))

    def _is_share(self, name: str) -> bool:
        head = name.partition(".")[0]
        return head in SHARES or (head in ("precision", "recall") and name in self.samples)


def read(paths: list[str], folder: Path = Path()) -> Figures:
    """Return the figures of metrics files in JSON or YAML; raise FileNotFoundError, ValueError."""
    raw: dict[str, Any] = {}
    for path in paths:
        text = (folder / path).read_text(encoding="utf-8")
        found = json.loads(text) if path.endswith(".json") else _yaml(text)
        if not isinstance(found, dict):
            raise ValueError(f"{path} holds no metrics by name")
        raw |= found
    given = raw.pop("n", {})
    samples = dict(flat(given)) if isinstance(given, dict) else {"": float(given)}
    intervals = {name: (float(low), float(high)) for name, (low, high) in raw.pop("ci", {}).items()}
    return Figures(dict(flat(raw)), samples, intervals)


def flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    """Yield the numbers of a tree by dotted name; text that says NaN is one."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        elif value is None or str(value).lower() in ("nan", "inf", "-inf", "infinity", "-infinity"):
            yield f"{prefix}{key}", math.nan
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{prefix}{key}", float(value)


def wilson(share: float, count: int) -> tuple[float, float]:
    """Return the 95% score interval of a share of `count` rows (Wilson 1927)."""
    weight = Z * Z / count
    middle = (share + weight / 2) / (1 + weight)
    half = Z / (1 + weight) * math.sqrt(share * (1 - share) / count + weight / count / 4)
    return max(0.0, middle - half), min(1.0, middle + half)


def difference(new: Figures, old: Figures, name: str) -> tuple[float, float] | None:
    """Return a 95% interval of new minus old, from the interval of each (Newcombe 1998, method 10).

    It takes the two as independent; on the same rows they are not, so that it is rather too wide.
    """
    first, second = new.interval(name), old.interval(name)
    if first is None or second is None:
        return None
    a, b = new.metrics[name], old.metrics[name]
    return a - b - math.hypot(a - first[0], second[1] - b), a - b + math.hypot(first[1] - a, b - second[0])


def _yaml(text: str) -> Any:
    import yaml

    return yaml.safe_load(text)
