"""What a test says of two arms, whichever test it was."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from ab_intervals import Interval, outward
from ab_margin import Null

NO_RATIO = "control's figure may be 0 or less: nothing is a share of it"


@dataclass(frozen=True)
class Result:
    """What a test says of two arms.

    `control` and `treatment` are the metric in each arm, with 95 % intervals. `difference` is treatment
    less control in the metric's unit, `low` to `high` its two-sided interval of confidence 1 - 2 * alpha:
    beyond an absolute margin where the test rejects. With a relative margin, `change` is treatment /
    control - 1 and its interval, for which the same holds; else None. `p_value` is one-sided; `better`
    says that it is at most alpha. `why` says in words why nothing can be told; then `p_value` is 1, and
    the interval is infinite.
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
    is told where control's own interval reaches 0.
    """
    treatment, control = arms
    difference = treatment.figure - control.figure
    if edge.relative and control.interval[0] <= 0:
        why = why or NO_RATIO
    low, high, change = -math.inf, math.inf, None
    if not why:
        low = outward(lambda at: beyond(Null(1, 1.0, at)), difference, -1, -most)
        high = outward(lambda at: beyond(Null(-1, 1.0, at)), difference, 1, most)
    if edge.relative and not why:
        ratio, least = treatment.figure / control.figure, 1 - most
        bounds = (
            outward(lambda at: beyond(Null(1, at, 0.0)), ratio, -1, least),
            outward(lambda at: beyond(Null(-1, at, 0.0)), ratio, 1, math.inf),
        )
        change = ratio - 1, bounds[0] - 1, bounds[1] - 1
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
