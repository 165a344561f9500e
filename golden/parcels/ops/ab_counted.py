"""Precision, recall and f1 of two arms, from the few counts that they are made of.

Each is a rising function of one share: of the rows that count for it, those that are right. So a test of
two arms is one of two shares on the edge of the null hypothesis, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import label_metrics
from ab_margin import Null

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    Counts = tuple[ArrayLike, ArrayLike]

# So often is the interval of the likeliest figure halved: to the last digit of a float.
_HALVED = 60
_INSIDE = 1e-12
# Sums of floats differ in their last digits where figures are equal.
SAME = 1e-9


@dataclass(frozen=True)
class Counted:
    """A metric of the rows that `rows(called, real)` marks, and of the share s of them that is right.

    It is s itself or, if `harmonic`, 2 s / (1 + s): f1 = 2 tp / (2 tp + fp + fn) is so of Jaccard's index
    s = tp / (tp + fp + fn).
    """

    rows: Callable[[Any, Any], Any]
    harmonic: bool

    def figure(self, share: Any) -> Any:
        """Return the metric that goes with a share."""
        return 2 * share / (1 + share) if self.harmonic else share

    def share(self, figure: Any) -> Any:
        """Return the share that goes with a metric."""
        return figure / (2 - figure) if self.harmonic else figure

    def slope(self, figure: Any) -> Any:
        """Return how fast the metric rises with the share."""
        return (2 - figure) ** 2 / 2 if self.harmonic else 1.0

    def variance(self, figure: Any, rows: Any) -> Any:
        """Return the variance of the metric in so many rows that count, by the delta method."""
        share = self.share(figure)
        return share * (1 - share) * self.slope(figure) ** 2 / rows


COUNTED: dict[Any, Counted] = {
    label_metrics.precision: Counted(lambda called, _: called, False),
    label_metrics.recall: Counted(lambda _, real: real, False),
    label_metrics.f1: Counted(lambda called, real: called | real, True),
}


def positive(columns: list[Any]) -> Any:
    """Return the positive label of arrays of labels: the greater one, as in label_metrics.

    Raises ValueError for more than two labels.
    """
    labels = {str(label): label for column in columns for label in set(column.tolist())}
    if len(labels) > 2:
        raise ValueError(f"precision, recall and f1 are of two labels, not of {', '.join(sorted(labels))}")
    return max(labels.values())


def counts(metric: Counted, true: Any, predicted: Any, positive: Any) -> tuple[int, int]:
    """Return how many rows are right and how many count, for two arrays of labels."""
    called, real = predicted == positive, true == positive
    return int((called & real).sum()), int(metric.rows(called, real).sum())


def likeliest(metric: Counted, treatment: Counts, control: Counts, edge: Null) -> tuple[Any, Any]:
    """Return the likeliest metric of treatment and control on the edge, for (right, rows) of both arms.

    Where the slope of the likelihood along the edge changes its sign, found by bisection. Counts are
    numbers or arrays of one shape.
    """
    import numpy as np

    (x1, n1), (x0, n0) = _numbers(treatment, control)

    def rise(figure: Any, right: Any, rows: Any) -> Any:
        share = metric.share(figure)
        return (right / share - (rows - right) / (1 - share)) / metric.slope(figure)

    inside = _INSIDE * np.ones(np.broadcast(x1, x0).shape)
    low = max(0.0, -edge.offset / edge.ratio) + inside
    high = min(1.0, (1 - edge.offset) / edge.ratio) - inside
    for _ in range(_HALVED):
        middle = (low + high) / 2
        more = edge.ratio * rise(edge.ratio * middle + edge.offset, x1, n1) + rise(middle, x0, n0) > 0
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    figure = (low + high) / 2
    return edge.ratio * figure + edge.offset, figure


def score(metric: Counted, treatment: Counts, control: Counts, edge: Null) -> Any:
    """Return z for (right, rows) of both arms: about normal on the edge, high beyond it.

    Counts are numbers or arrays of one shape.
    """
    p1, p0 = likeliest(metric, treatment, control, edge)
    figures = [metric.figure(right / rows) for right, rows in _numbers(treatment, control)]
    return edge.excess(*figures) / _deviation(metric, (p1, treatment[1]), (p0, control[1]), edge)


def drawn(
    metric: Counted, treatment: Counts, control: Counts, edge: Null, chance: Any, draws: int
) -> tuple[Any, Any]:
    """Return the p-value, and z of `draws` tests that are drawn on the edge, along a last axis.

    The rows that count stay as many; those that are right are drawn with the likeliest shares. p is the
    share of tests that are as far beyond the edge, the one that was seen being one of them. Counts are
    numbers or arrays of one shape.
    """
    import numpy as np

    p1, p0 = likeliest(metric, treatment, control, edge)
    sides, size = [], (*np.shape(p0), draws)
    for figure, (_, rows) in zip((p1, p0), _numbers(treatment, control), strict=True):
        many = np.expand_dims(rows, -1)
        right = chance.binomial(many.astype(int), np.expand_dims(metric.share(figure), -1), size)
        sides.append(metric.figure(right / many))
    deviation = _deviation(metric, (p1, treatment[1]), (p0, control[1]), edge)
    stars = edge.excess(*sides) / np.expand_dims(deviation, -1)
    seen = np.expand_dims(score(metric, treatment, control, edge), -1)
    return ((stars >= seen - SAME).sum(axis=-1) + 1) / (draws + 1), stars


def _deviation(metric: Counted, treatment: Counts, control: Counts, edge: Null) -> Any:
    """Return the deviation of treatment - ratio * control, for (figure, rows) of both arms."""
    return (metric.variance(*treatment) + edge.ratio**2 * metric.variance(*control)) ** 0.5


def _numbers(*arms: Counts) -> list[list[Any]]:
    import numpy as np

    return [[np.asarray(each, dtype=float) for each in arm] for arm in arms]
