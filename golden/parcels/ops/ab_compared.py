"""The metric of both arms, compared by the test that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ab_bootstrap import resampled
from ab_losses import LOSSES, is_share, losses
from ab_result import Result
from ab_rows import ARMS
from ab_sample import Sample
from ab_statistics import means, proportions
from ab_values import CLASS, NOTHING, NUMBER, PROBABILITY, needs
from label_metrics import METRICS

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A repeated look says the same.
SEED = 8_172_024


def compared(test: dict[str, Any], found: Sample, level: float) -> Result:
    """Return what the test says at a one-sided level; raise ValueError where the metric fits no outcome."""
    name, margin, better = test["metric"], test.get("margin", {}), test["better"]
    control, treatment = ((found.true[arm], found.made[arm]) for arm in ARMS)
    if name in LOSSES or needs(name) == NOTHING:
        one, other = (losses(name, *arm) for arm in (treatment, control))
        if is_share(name, one, other):
            return proportions(_shares(one), _shares(other), margin, better, level)
        return means(one, other, margin, better, level)
    return resampled(METRICS[name], treatment, control, margin, better, level, seed=SEED)


def figure(test: dict[str, Any], true: NDArray[Any], made: NDArray[Any]) -> float:
    """Return the metric of some units of an arm, NaN where there is none."""
    name = test["metric"]
    if not len(true):
        return float("nan")
    if name in LOSSES or needs(name) == NOTHING:
        return float(losses(name, true, made).mean())
    one_class = needs(name) != NUMBER and bool((true == true[0]).all())
    return float("nan") if one_class else METRICS[name](true, made)


def unfit(test: dict[str, Any], found: Sample, top: float) -> list[str]:
    """Return why the metric says nothing of these outcomes; `top` is the greatest class that is known."""
    import numpy as np

    name = test["metric"]
    if (kind := needs(name)) in (NOTHING, NUMBER):
        return []
    told = [f"{arm}: all outcomes are the same" for arm in ARMS if len(np.unique(found.true[arm])) == 1]
    if kind == CLASS and not any(np.isin(found.true[arm], found.made[arm]).any() for arm in ARMS):
        told.append("outcomes and answers have no class in common")
    if top > 1 and name != "accuracy":
        raise ValueError(f"{name} is of two classes: the outcomes and answers have {int(top) + 1}")
    if kind == PROBABILITY and name != "roc_auc":
        made = np.concatenate([found.made[arm] for arm in ARMS])
        if len(made) and not (made.min() >= 0 and made.max() <= 1):
            raise ValueError(f"{name} needs probabilities: answers are {made.min():g} to {made.max():g}")
    return told


def _shares(values: NDArray[Any]) -> tuple[int, int]:
    return int(values.sum()), len(values)
