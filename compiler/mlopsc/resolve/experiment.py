"""The test of two versions on real users, with what follows from the rest of the spec."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mlopsc.model import Experiment
from mlopsc.model.experiment import CONTROL, TREATMENT
from mlopsc.resolve.parts import seconds
from mlopsc.resolve.planning import is_share, plan
from mlopsc.resolve.service import promised
from mlopsc.spec.well_known import better

if TYPE_CHECKING:
    from mlopsc.spec import Spec

# How each metric is compared that is computed from labels; every other is the mean of the outcome itself.
_KINDS = {
    "accuracy": "proportion",
    **dict.fromkeys(("mae", "mse", "log_loss", "brier_score"), "mean"),
    **dict.fromkeys(("precision", "recall", "f1", "roc_auc", "rmse", "r2"), "resampled"),
}


def experiment(spec: "Spec") -> Experiment | None:
    """Return the A/B test of a spec; None without one, and where nothing reads what the versions answered."""
    written, log = spec.ab_test, spec.serving.prediction_log if spec.serving else None
    if written is None or spec.model is None or (log and log.broker):
        return None
    planned = plan(spec, written)
    least = written.min_sample
    return Experiment(
        name=written.experiment or spec.model.name,
        share=written.traffic.value,
        enrolment=int(written.for_.seconds),
        delay=int(seconds(spec.outcomes.delay)) if spec.outcomes else 0,
        metric=written.metric,
        better=better(written.metric, spec.metrics) or "higher",
        kind=_KINDS.get(written.metric) or ("proportion" if is_share(written, spec) else "mean"),
        margin=planned.margin,
        effect=planned.effect,
        alpha=written.alpha.value,
        power=written.power.value,
        sample={CONTROL: least, TREATMENT: least}
        if least
        else planned.sample(written.power.value, written.alpha.value, written.looks),
        guardrails=_guardrails(spec),
        looks=written.looks,
    )


def _guardrails(spec: "Spec") -> Mapping[str, float]:
    slo = spec.serving.slo if spec.serving else None
    own = spec.ab_test.guardrails if spec.ab_test else None
    return {**dict(promised(slo)), **dict(promised(own))}
