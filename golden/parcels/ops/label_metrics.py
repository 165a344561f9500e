"""Metrics of predictions against true labels, as scikit-learn defines them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

Metric = Callable[["NDArray[Any]", "NDArray[Any]"], float]


def accuracy(true: NDArray[Any], predicted: NDArray[Any]) -> float:
    """Return the share of predictions that are right."""
    return float((true == predicted).mean())


def precision(true: NDArray[Any], predicted: NDArray[Any]) -> float:
    """Return the share of predicted positives that are positive; the greater label is the positive one."""
    right, called, _ = _positives(true, predicted)
    return right / called if called else 0.0


def recall(true: NDArray[Any], predicted: NDArray[Any]) -> float:
    """Return the share of positives that are predicted."""
    right, _, real = _positives(true, predicted)
    return right / real if real else 0.0


def f1(true: NDArray[Any], predicted: NDArray[Any]) -> float:
    """Return the harmonic mean of precision and recall."""
    right, called, real = _positives(true, predicted)
    return 2 * right / (called + real) if called + real else 0.0


def roc_auc(true: NDArray[Any], probability: NDArray[Any]) -> float:
    """Return how often a positive is ranked above a negative, by ranks; NaN with one class only."""
    import numpy as np

    positive = true == np.max(true)
    ones, zeros = int(positive.sum()), int((~positive).sum())
    if not zeros:
        return float("nan")
    _, places, counts = np.unique(probability, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    return float((ranks[places][positive].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def log_loss(true: NDArray[Any], probability: NDArray[Any]) -> float:
    """Return the mean negative logarithm of the probability that was given to what came."""
    import numpy as np

    given = np.where(true == np.max(true), probability, 1 - probability).astype(float)
    return float(-np.log(np.clip(given, np.finfo(float).eps, 1)).mean())


def brier_score(true: NDArray[Any], probability: NDArray[Any]) -> float:
    """Return the mean squared difference of the probability and what came (1 or 0)."""
    return float((((true == true.max()) - probability.astype(float)) ** 2).mean())


def mse(true: NDArray[Any], predicted: NDArray[Any]) -> float:
    """Return the mean squared error."""
    return float(((true.astype(float) - predicted.astype(float)) ** 2).mean())


def rmse(true: NDArray[Any], predicted: NDArray[Any]) -> float:
    """Return the root of the mean squared error."""
    return float(mse(true, predicted) ** 0.5)


def mae(true: NDArray[Any], predicted: NDArray[Any]) -> float:
    """Return the mean absolute error."""
    return float(abs(true.astype(float) - predicted.astype(float)).mean())


def r2(true: NDArray[Any], predicted: NDArray[Any]) -> float:
    """Return the share of the variance that is explained; NaN for constant labels."""
    variance = float(true.astype(float).var())
    return 1 - mse(true, predicted) / variance if variance else float("nan")


def _positives(true: NDArray[Any], predicted: NDArray[Any]) -> tuple[int, int, int]:
    """Return true positives, predicted and real positives; raise ValueError for more than two labels."""
    labels = {str(label): label for label in [*set(true.tolist()), *set(predicted.tolist())]}
    if len(labels) > 2:
        raise ValueError(f"precision, recall and f1 are of two labels, not of {', '.join(sorted(labels))}")
    positive = max(labels.values())
    called, real = predicted == positive, true == positive
    return int((called & real).sum()), int(called.sum()), int(real.sum())


# Metrics of predicted classes, of predicted values, and of the probability of the positive class.
CLASSES: dict[str, Metric] = {"accuracy": accuracy, "precision": precision, "recall": recall, "f1": f1}
LABELS: dict[str, Metric] = CLASSES | {"mse": mse, "rmse": rmse, "mae": mae, "r2": r2}
METRICS: dict[str, Metric] = LABELS | {"roc_auc": roc_auc, "log_loss": log_loss, "brier_score": brier_score}
