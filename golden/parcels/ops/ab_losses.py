"""Metrics that are the mean of one figure of each unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ab_values import NOTHING, needs

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHARES = ("accuracy",)


def is_share(name: str, *arms: NDArray[Any]) -> bool:
    """Say whether a metric is a share of units: then its test is that of proportions."""
    import numpy as np

    return name in SHARES or (needs(name) == NOTHING and all(np.isin(arm, (0, 1)).all() for arm in arms))


def losses(name: str, true: NDArray[Any], made: NDArray[Any]) -> NDArray[Any]:
    """Return the figure of each unit, whose mean is the metric; the outcome itself for no known metric."""
    return LOSSES[name](true, made) if name in LOSSES else true


def _accuracy(true: NDArray[Any], made: NDArray[Any]) -> Any:
    import numpy as np

    return np.equal(true, made).astype(float)


def _mae(true: NDArray[Any], made: NDArray[Any]) -> Any:
    import numpy as np

    return np.abs(true - made)


def _mse(true: NDArray[Any], made: NDArray[Any]) -> Any:
    import numpy as np

    return np.square(true - made)


def _log_loss(true: NDArray[Any], made: NDArray[Any]) -> Any:
    import numpy as np

    given = np.where(true == 1, made, 1 - made)
    return np.negative(np.log(np.clip(given, np.finfo(float).eps, 1)))


# The mean of each is the metric of the same name in label_metrics; classes are 0 and 1.
LOSSES: dict[str, Callable[[NDArray[Any], NDArray[Any]], Any]] = {
    "accuracy": _accuracy,
    "mae": _mae,
    "mse": _mse,
    "log_loss": _log_loss,
    "brier_score": _mse,
}
