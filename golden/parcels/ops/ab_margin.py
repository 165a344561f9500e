"""The margin under the null hypothesis of a test of two versions: how much better is not yet better."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Null:
    """The edge of the null hypothesis: treatment = ratio * control + offset, in the metric's own unit.

    `sign` is 1 where higher is better and -1 where lower is: treatment is better by the margin where
    sign * (treatment - ratio * control - offset) > 0. One of ratio 1 and offset 0 always holds.
    """

    sign: int
    ratio: float
    offset: float

    @property
    def relative(self) -> bool:
        """Return whether the margin is a share of control's own figure, which must then be above 0."""
        return self.ratio != 1

    def excess(self, treatment: Any, control: Any) -> Any:
        """Return by how much treatment is better than the margin asks, in the metric's unit.

        Figures are numbers or arrays that broadcast.
        """
        return self.sign * (treatment - self.ratio * control - self.offset)


def level(alpha: float) -> float:
    """Return the one-sided level of a test; raises ValueError where it is not above 0 and below 0.5."""
    if not 0 < alpha < 0.5:
        raise ValueError(f"alpha is above 0 and below 0.5, not {alpha}")
    return alpha


def null(margin: Mapping[str, float], better: str) -> Null:
    """Return the edge for a margin, `{"absolute": x}`, `{"relative": x}` or empty for none.

    An absolute margin has the unit of the metric, a relative one is a share of control's figure (0.05 is
    5 %). Raises ValueError for other kinds, an amount that is no number of at least 0, a relative margin
    of 1 or more where lower is better (no figure is that low), and a `better` that is neither higher nor
    lower.
    """
    if better not in ("higher", "lower"):
        raise ValueError(f"better is higher or lower, not {better}")
    if len(margin) > 1 or not set(margin) <= {"absolute", "relative"}:
        raise ValueError(f"a margin is absolute or relative, not {', '.join(sorted(margin))}")
    sign = 1 if better == "higher" else -1
    amount = sum(margin.values())
    if not (math.isfinite(amount) and amount >= 0):
        raise ValueError(f"a margin is a number of at least 0, not {amount}")
    if "absolute" in margin:
        return Null(sign, 1.0, sign * amount)
    if sign < 0 and amount >= 1:
        raise ValueError(f"nothing is lower by {amount:.0%} than what is above 0")
    return Null(sign, 1.0 + sign * amount, 0.0)
