"""What the model answers, as metrics: how often each class, or how numbers are distributed."""

from __future__ import annotations

from collections import Counter as Counts
from collections.abc import Iterable
from typing import Any

from given import Given
from plain_values import is_number
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram

# More would be a series for each number or text that a model can think of.
ANSWERS = 20
OTHER = "other"


class Answers:
    """Counts answers: as classes, or as numbers where the task is no classification."""

    def __init__(self, settings: Given, registry: CollectorRegistry = REGISTRY) -> None:
        """Take the settings, and where the metrics are kept."""
        self.constant, names = tuple(settings.labels.values()), tuple(settings.labels)
        self.known: set[str] = set()
        self.classes: Counter | None = None
        self.values: Histogram | None = None
        if settings.task in ("", "classification"):
            about = "Predictions, by what was predicted; the first twenty answers by name."
            self.classes = Counter("model_predictions_total", about, (*names, "answer"), registry=registry)
        if settings.task != "classification":
            about = "Predictions that are numbers."
            self.values = Histogram(
                "model_prediction_value", about, names, buckets=settings.value_buckets, registry=registry
            ).labels(*self.constant)

    def count(self, answers: Iterable[Any]) -> None:
        """Count answers; lists and mappings have no distribution."""
        classes: Counts[str] = Counts()
        for answer in answers:
            if self.values and is_number(answer) and not (self.classes and isinstance(answer, int)):
                self.values.observe(answer)
            elif isinstance(answer, str | int | float):
                classes[self._name(answer)] += 1
        if self.classes:
            for name, count in classes.items():
                self.classes.labels(*self.constant, name).inc(count)

    def _name(self, answer: Any) -> str:
        name = str(answer).lower() if isinstance(answer, bool) else str(answer)[:80]
        if name in self.known or len(self.known) < ANSWERS:
            self.known.add(name)
            return name
        return OTHER
