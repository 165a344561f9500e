"""What an A/B test is planned with: the metric as it is now, as it is hoped to be, and how it varies."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlopsc import defaults
from mlopsc.chance.arms import Arms
from mlopsc.chance.variances import HALF, MEASURES, OF_MEAN, OF_SHARE, Measure
from mlopsc.model.experiment import CONTROL, TREATMENT
from mlopsc.resolve.parts import change
from mlopsc.spec.well_known import better

if TYPE_CHECKING:
    from mlopsc.spec import Spec
    from mlopsc.spec.ab_test import AbTest

# With fewer in an arm, no test of it is near its level.
FEWEST = 100

Difference = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Plan:
    """The figures of an A/B test before it begins.

    `level` is the champion's metric, None where nothing is known of a mean; `known` says that the spec
    names it, and `taken` where it is from, in a word or two. `share` is the treatment's part of the ids;
    `margin` and `effect` as an Experiment has them.
    """

    measure: Measure
    level: float | None
    known: bool
    taken: str
    sign: int
    share: float
    margin: Difference
    effect: Difference

    @property
    def relative(self) -> bool:
        """Whether all differences are shares of the champion's own figure."""
        return "absolute" not in self.margin and "absolute" not in self.effect

    @property
    def mixed(self) -> bool:
        """Whether one difference is absolute and the other relative."""
        return bool(self.margin) and set(self.margin) != set(self.effect)

    @property
    def beyond(self) -> float | None:
        """How far the planned improvement is beyond the margin; None where they cannot be compared."""
        level = self.level if self.known else None
        if self.mixed and level is None:
            return None
        return _amount(self.effect, level or 1.0) - _amount(self.margin, level or 1.0)

    @property
    def hoped(self) -> float | None:
        """The candidate's metric as planned; None where nothing is known of the champion's."""
        return None if self.level is None else self.level + self.sign * _amount(self.effect, self.level)

    @property
    def possible(self) -> bool:
        """Whether a metric can be as good as that; nobody knows where nothing is known of the champion's."""
        if self.level is None and not self.relative:
            return True
        control = 1.0 if self.level is None else self.level
        hoped = control + self.sign * _amount(self.effect, control)
        return hoped > 0 and (self.measure.usual is None or hoped < 1)

    @property
    def arms(self) -> Arms | None:
        """Both arms; None where nothing can be said of them."""
        control = 1.0 if self.level is None and self.relative else self.level
        if control is None or not self.possible or self.share >= 1:
            return None
        theta, shift = self.margin.get("relative", 0.0), self.margin.get("absolute", 0.0)
        treatment = control + self.sign * _amount(self.effect, control)
        ratio = 1 + self.sign * theta
        variance = self.measure.variance
        arms = Arms(
            control, treatment, self.share, self.sign, ratio, self.sign * shift, variance, self.measure.scored
        )
        return arms if arms.distance > 0 and arms.finite else None

    def sample(self, power: float, alpha: float, looks: int) -> Mapping[str, int]:
        """Return how many outcomes each arm needs to find the planned improvement with chance `power`."""
        arms = self.arms
        if arms is None or power <= alpha:
            return {CONTROL: FEWEST, TREATMENT: FEWEST}
        units = arms.needed(power, alpha, looks) * self.measure.at_best
        parts = {CONTROL: (1 - self.share) * units, TREATMENT: self.share * units}
        return {arm: max(FEWEST, math.ceil(part)) for arm, part in parts.items()}


def plan(spec: "Spec", written: "AbTest") -> Plan:
    """Return what the A/B test of a spec is planned with.

    The level is the baseline of the spec, or the bound that the gate has for this metric; else 0.9 for what
    lies between 0 and 1, or 0.5 where there is no room for the improvement above that, or for the share of
    an outcome.
    """
    measure = _measure(written, spec)
    sign = -1 if better(written.metric, spec.metrics) == "lower" else 1
    own = written.baseline.value if written.baseline and fits(written.baseline.value, measure) else None
    known = own or _bound(written.metric, sign, spec, measure)
    margin = change(written.improves_by) if written.improves_by else {}
    _, amount, relative = defaults.effect(written)
    found = Plan(
        measure,
        known or measure.usual,
        known is not None,
        "" if own else "the gate's bound" if known else "assumed",
        sign,
        written.traffic.value,
        margin,
        {"relative" if relative else "absolute": amount},
    )
    return replace(found, level=HALF) if measure.usual and not known and not found.possible else found


def is_share(written: "AbTest", spec: "Spec") -> bool:
    """Say whether an outcome is known to be one of two: its share is named, or it is a boolean, or 0 or 1."""
    if written.baseline and written.baseline.unit == "share":
        return True
    column = spec.validation.columns.get(written.metric) if spec.validation else None
    if column is None:
        return False
    return defaults.column_type(column) == "boolean" or set(column.in_ or ("",)) <= {0, 1}


def fits(level: float, measure: Measure) -> bool:
    """Say whether a metric can have that level: above 0, and below 1 where it is a share or like one."""
    return level > 0 and (measure.usual is None or level < 1)


def _measure(written: "AbTest", spec: "Spec") -> Measure:
    return MEASURES.get(written.metric) or (OF_SHARE if is_share(written, spec) else OF_MEAN)


def _bound(metric: str, sign: int, spec: "Spec", measure: Measure) -> float | None:
    """Return the gate's bound of a metric, wherever in the file of metrics it lies."""
    for gate in spec.registry.gate if spec.registry else ():
        bound = gate.min if sign > 0 else gate.max
        named = metric in (gate.metric, gate.metric.rpartition(".")[2])
        if named and bound and fits(bound.value, measure):
            return bound.value
    return None


def _amount(difference: Difference, level: float) -> float:
    return difference.get("absolute", 0.0) + difference.get("relative", 0.0) * level
