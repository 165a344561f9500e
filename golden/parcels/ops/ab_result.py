"""What a test says of two arms, whichever test it was."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from ab_intervals import Interval, outward
from ab_margin import Null

_NO_RATIO = "control's figure may be 0 or less: nothing is a share of it"


@dataclass(frozen=True)
class Result:
    """What a test says of two arms.

    `control` and `treatment` are the metric in each arm, with 95 % intervals. `difference` is treatment
    less control in the metric's unit, `low` to `high` its two-sided interval of confidence 1 - 2 * alpha:
    beyond an absolute margin where the test rejects. With a relative margin, `change` is treatment /
    control - 1 and its interval, for which the same holds; else None. `p_value` is one-sided; `better`
    says that it is at most alpha. `why` says in words why nothing can be told; then `p_value` is 1, and
    the interval is the difference alone.
    """

    control: float
    treatment: float
    control_interval: Interval
    treatment_interval: Interval
    difference: float
    low: float
    high: float
    p_value: float
    better: bool
    change: tuple[float, float, float] | None = None
    why: str = ""


@dataclass(frozen=True)
class Arm:
    """The metric of an arm, and its 95 % interval."""

    figure: float
    interval: Interval


def result(
    arms: tuple[Arm, Arm],
    beyond: Callable[[Null], float],
    p_value: float,
    edge: Null,
    alpha: float,
    most: float = math.inf,
    why: str = "",
) -> Result:
    """Return what a test says of treatment and control; `why` not, where it says nothing.

    `beyond(edge)` is above 0 where the test rejects that edge with level alpha: the intervals hold what it
    does not reject, up to `most`, the largest difference that is possible. With a relative margin nothing
    is told where control's figure may be 0: its own interval reaches that, or no ratio is too high.
    """
    treatment, control = arms
    low = high = difference = treatment.figure - control.figure
    change = None
    if edge.relative and not why:
        change = (
            _change(treatment.figure, control.figure, beyond, 1 - most) if control.interval[0] > 0 else None
        )
        why = "" if change else _NO_RATIO
    if not why:
        low = outward(lambda at: beyond(Null(1, 1.0, at)), difference, -1, -most)
        high = outward(lambda at: beyond(Null(-1, 1.0, at)), difference, 1, most)
    return Result(
        control.figure,
        treatment.figure,
        control.interval,
        treatment.interval,
        difference,
        low,
        high,
        1.0 if why else p_value,
        not why and p_value <= alpha,
        change,
        why,
    )


def _change(
    treatment: float, control: float, beyond: Callable[[Null], float], least: float
) -> tuple[float, float, float] | None:
    """Return treatment / control - 1 with its interval; None where no ratio is too high to be rejected."""
    ratio = treatment / control
    high = outward(lambda at: beyond(Null(-1, at, 0.0)), ratio, 1, math.inf)
    low = outward(lambda at: beyond(Null(1, at, 0.0)), ratio, -1, least)
    return None if math.isinf(high) or math.isinf(low) else (ratio - 1, low - 1, high - 1)
