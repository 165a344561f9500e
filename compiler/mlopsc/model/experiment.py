"""A test of two versions on real users."""

from collections.abc import Mapping
from dataclasses import dataclass

# What the mesh routes by, and what each arm is called in it and in the log.
HEADER, CONTROL, TREATMENT = "x-mlops-arm", "control", "treatment"


@dataclass(frozen=True, slots=True)
class Experiment:
    """An A/B test after the last step of a rollout.

    `name` salts the arms; `share` of the ids are answered by the candidate. Ids are enrolled for
    `enrolment` seconds, and their outcomes are known `delay` seconds after the prediction. `metric` is
    compared, `better` is higher or lower, `kind` how: `proportion` (z test of two shares), `mean` (Welch's
    t) or `resampled` (bootstrap). `margin` is the improvement that the null hypothesis still allows, and
    `effect` the one that is planned for: `{"absolute": x}`, `{"relative": x}`, or empty for no margin.
    `sample` is the fewest outcomes of each arm by its name; `guardrails` are limits as a rollout has them.
    """

    name: str
    share: float
    enrolment: int
    delay: int
    metric: str
    better: str
    kind: str
    margin: Mapping[str, float]
    effect: Mapping[str, float]
    alpha: float
    power: float
    sample: Mapping[str, int]
    guardrails: Mapping[str, float]
    looks: int

    @property
    def seconds(self) -> int:
        """How long it takes until the last outcome is known."""
        return self.enrolment + self.delay
