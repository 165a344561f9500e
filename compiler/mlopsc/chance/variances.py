"""The variance of one row of each metric that labels tell, and which rows a metric counts."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

# A share where the spec has no figure of it, and one that leaves room for any improvement below 100%.
USUAL, HALF = 0.9, 0.5


def of_share(share: float) -> float:
    """Return the variance of one of the rows that a share counts."""
    return share * (1 - share)


def of_f1(f1: float) -> float:
    """By the delta method from f1 = 2j / (1 + j), where j is the share of true among all positives."""
    return f1 * (1 - f1) * (2 - f1) ** 2 / 2


def _of_auc(auc: float) -> float:
    """The most that it is for a row of the rarer class (Hanley, McNeil 1982, Radiology 143, 29-36)."""
    one, two = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    return max(0.0, one + two - 2 * auc * auc)


def _of_r2(r2: float) -> float:
    """Of the squared correlation of normal variables (Olkin, Finn 1995, Psychol. Bull. 118, 155-164)."""
    return 4 * r2 * (1 - r2) ** 2


def _with(variation: float) -> Callable[[float], float]:
    """Return the variance of a mean whose rows have that coefficient of variation."""
    return lambda level: (variation * level) ** 2


@dataclass(frozen=True, slots=True)
class Measure:
    """How a metric varies: `variance` of a row that counts by the metric's level, and which rows count.

    `at_best` is how many rows there are at least for one that counts, `usual` the level that is taken where
    the spec names none; None for means, of which then only relative differences can be told. `taken` says
    what is assumed of their rows, `scored` that it is the share of all rows, which the score test compares.
    """

    variance: Callable[[float], float]
    counted: str
    at_best: int = 1
    usual: float | None = USUAL
    taken: str = ""
    scored: bool = False


_NORMAL, _ONE = "errors taken as normal", "a coefficient of variation of 1 assumed"
MEASURES: Mapping[str, Measure] = {
    "accuracy": Measure(of_share, "outcomes", scored=True),
    "precision": Measure(of_share, "outcomes of ids that were predicted positive"),
    "recall": Measure(of_share, "outcomes that are positive"),
    "f1": Measure(of_f1, "outcomes that are positive or predicted so"),
    "roc_auc": Measure(_of_auc, "outcomes of the rarer class", at_best=2),
    "r2": Measure(_of_r2, "outcomes", taken="normal values assumed"),
    "mae": Measure(_with(math.sqrt(math.pi / 2 - 1)), "outcomes", usual=None, taken=_NORMAL),
    "mse": Measure(_with(math.sqrt(2)), "outcomes", usual=None, taken=_NORMAL),
    # By the delta method from mse.
    "rmse": Measure(_with(math.sqrt(0.5)), "outcomes", usual=None, taken=_NORMAL),
    "log_loss": Measure(_with(1.0), "outcomes", usual=None, taken=_ONE),
    "brier_score": Measure(_with(1.0), "outcomes", usual=None, taken=_ONE),
}
# Of the outcome itself: a share of which nothing is known, and a mean.
OF_SHARE = Measure(of_share, "outcomes", usual=HALF, scored=True)
OF_MEAN = Measure(_with(1.0), "outcomes", usual=None, taken=_ONE)
