"""Whether an A/B test can decide in its time: whom it reaches, what it finds, and which one would do.

Each request is taken as that of another id, so that ids are traffic x time, and a part of them is the
treatment's by `traffic`. Of a metric that counts some of the outcomes only, such as recall, all are taken as
counted: what cannot be found then cannot be found at all.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from mlopsc.model.experiment import CONTROL, TREATMENT
from mlopsc.resolve.experiment import experiment
from mlopsc.resolve.planning import FEWEST, Plan, plan

if TYPE_CHECKING:
    from mlopsc.model import Experiment
    from mlopsc.spec import Spec

_DAY = 86400
# Times and shares that people write, up to a quarter of a year and to half of the ids.
_DAYS = (1, 2, 3, 4, 5, 7, 10, 14, 21, 28, 42, 56, 90)
_SHARES = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
_ROUND = (1, 1.5, 2, 2.5, 3, 4, 5, 7.5)
_ENOUGH = 1e-9

Value = TypeVar("Value", int, float)


@dataclass(frozen=True, slots=True)
class Planned:
    """An A/B test with what it is planned with; `traffic` is requests per second, None where not said.

    `floor` is the `min_sample` of the spec, None where the sample is what power asks for.
    """

    experiment: "Experiment"
    plan: Plan
    traffic: float | None
    floor: int | None

    @property
    def smaller(self) -> float:
        """The share of the ids in the smaller arm."""
        return min(self.experiment.share, 1 - self.experiment.share)

    def ids(self) -> float:
        """Return how many ids both arms get in the time of the test."""
        return (self.traffic or 0.0) * self.experiment.enrolment

    def needed(self) -> int | None:
        """Return how many outcomes that count the smaller arm needs; None where nothing can be said."""
        arms, test = self.plan.arms, self.experiment
        if arms is None:
            return None
        units = self.smaller * arms.needed(test.power, test.alpha, test.looks)
        return max(FEWEST, math.ceil(units - 1e-6))

    def power(self) -> float | None:
        """Return the chance that the planned improvement is found in its time; None where unknown."""
        arms, test = self.plan.arms, self.experiment
        if arms is None or self.traffic is None:
            return None
        return arms.power(self.ids() / self.plan.measure.at_best, test.alpha, test.looks)

    def reached(self) -> bool:
        """Say whether the outcomes of each arm come in its time that it must not decide without."""
        shares = {TREATMENT: self.experiment.share, CONTROL: 1 - self.experiment.share}
        return all(self.ids() * shares[arm] >= least for arm, least in self.experiment.sample.items())

    def decides(self) -> bool:
        """Say whether it finds the planned improvement in its time as often as it says."""
        power = self.power()
        return power is not None and power >= self.experiment.power - _ENOUGH and self.reached()

    def longer(self) -> int | None:
        """Return the shortest usual time in seconds that would do, None without one."""
        times = (days * _DAY for days in _DAYS if days * _DAY > self.experiment.enrolment)
        return _first(times, lambda time: self._with(enrolment=time))

    def wider(self) -> float | None:
        """Return the smallest usual share that would do, None without one."""
        shares = (share for share in _SHARES if share > self.experiment.share)
        return _first(shares, lambda share: self._with(share=share))

    def as_wide_as_can_be(self) -> "Planned":
        """Return the same test of half of the ids, or of as many as it has."""
        return self._with(share=max(_SHARES[-1], self.experiment.share))

    def larger(self) -> float | None:
        """Return the smallest round improvement, of the same kind, that would do; None without one."""
        ((kind, own),) = self.plan.effect.items()
        return _first(_round_above(own), lambda amount: self._with(effect={kind: amount}))

    def _with(self, **changed: Any) -> "Planned":
        """Return the same test with another time, share or improvement, and the sample that it asks for."""
        of_plan = {name: value for name, value in changed.items() if name != "enrolment"}
        test, seen = replace(self.experiment, **changed), replace(self.plan, **of_plan)
        asked = seen.sample(test.power, test.alpha, test.looks)
        sample = {arm: self.floor or least for arm, least in asked.items()}
        return replace(self, experiment=replace(test, sample=sample), plan=seen)


def planned(spec: "Spec") -> Planned | None:
    """Return the A/B test of a spec as it is planned; None without one."""
    found, written = experiment(spec), spec.ab_test
    if found is None or written is None:
        return None
    traffic = spec.serving.traffic if spec.serving else None
    return Planned(found, plan(spec, written), traffic.per_second if traffic else None, written.min_sample)


def _first(values: Iterator[Value], made: Callable[[Value], Planned]) -> Value | None:
    return next((value for value in values if made(value).decides()), None)


def _round_above(amount: float) -> Iterator[float]:
    """Yield round amounts above one, up to a hundred times as much."""
    power = math.floor(math.log10(amount))
    for tens in range(power, power + 3):
        for digit in _ROUND:
            # By the text, so that 3 hundredths are 0.03.
            if (value := float(f"{digit}e{tens}")) > amount:
                yield value
