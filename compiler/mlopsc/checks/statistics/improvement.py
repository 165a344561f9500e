"""How many evaluation rows it takes to tell a better model from a lucky one."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlopsc.chance.variances import USUAL, of_f1, of_share

if TYPE_CHECKING:
    from mlopsc.spec import Spec
    from mlopsc.spec.tracking import Gate

_Z = 1.959964  # the two-sided 95% point of the normal distribution

# Metric -> the rows that it counts, and its variance in one of them.
_COUNTED: Mapping[str, tuple[str, Callable[[float], float]]] = {
    "accuracy": ("rows", of_share),
    "error_rate": ("rows", of_share),
    "precision": ("rows that are predicted positive", of_share),
    "recall": ("positive rows", of_share),
    "specificity": ("negative rows", of_share),
    "f1": ("rows that are positive or predicted so", of_f1),
}


@dataclass(frozen=True, slots=True)
class Improvement:
    """An improvement on the champion that the gate asks for; `by` is 0 for any.

    Both models are judged as the gate of the generated repository does it: each by its own 95% interval,
    the two taken as independent (Newcombe 1998); errors on the same rows make the truth a little better.
    """

    metric: str
    counted: str
    level: float
    assumed: bool
    by: float
    variance: float
    is_share: bool

    def rows(self, difference: float) -> int:
        """Return how many rows that count it takes to tell a difference from chance."""
        return math.ceil(2 * _Z**2 * self.variance / difference**2)

    def difference(self, rows: int) -> float:
        """Return the smallest difference that can be told from chance when so many rows count."""
        return _Z * math.sqrt(2 * self.variance / rows)


def improvements(spec: "Spec") -> dict[int, Improvement]:
    """Return the conditions `improves_on` whose metric counts rows, by their place in the gate."""
    gate = spec.registry.gate if spec.registry else ()
    wanted = {place: each for place, each in enumerate(gate) if each.improves_on}
    found = {place: _improvement(each, gate) for place, each in wanted.items()}
    return {place: each for place, each in found.items() if each}


def _improvement(wanted: "Gate", gate: "tuple[Gate, ...]") -> Improvement | None:
    steps = wanted.metric.split(".")
    name = next((step for step in (steps[0], steps[-1]) if step in _COUNTED), None)
    if name is None:
        return None
    bounds = [each.max if name == "error_rate" else each.min for each in gate if each.metric == wanted.metric]
    given = [bound.value for bound in bounds if bound and 0 < bound.value < 1]
    level = given[0] if given else 1 - USUAL if name == "error_rate" else USUAL
    counted, variance = _COUNTED[name]
    by = wanted.by.absolute(level) if wanted.by else 0.0
    return Improvement(wanted.metric, counted, level, not given, by, variance(level), variance is of_share)
