"""The test of two versions on real users, with what follows from the rest of the spec."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mlopsc.model import Experiment
from mlopsc.resolve.parts import change, seconds
from mlopsc.resolve.service import promised
from mlopsc.spec.well_known import better

if TYPE_CHECKING:
    from mlopsc.spec import Spec
    from mlopsc.spec.ab_test import AbTest

# How each metric is compared that is computed from labels; every other is the mean of the outcome itself.
_KINDS = {
    "accuracy": "proportion",
    **dict.fromkeys(("mae", "mse", "log_loss", "brier_score"), "mean"),
    **dict.fromkeys(("precision", "recall", "f1", "roc_auc", "rmse", "r2"), "resampled"),
}
# A difference that people plan for where they name none; of the champion's own figure.
_USUAL = 0.05


def experiment(spec: "Spec") -> Experiment | None:
    """Return the A/B test of a spec; None without one."""
    written = spec.ab_test
    if written is None or spec.model is None:
        return None
    return Experiment(
        name=written.experiment or spec.model.name,
        share=written.traffic.value,
        enrolment=int(written.for_.seconds),
        delay=int(seconds(spec.outcomes.delay)) if spec.outcomes else 0,
        metric=written.metric,
        better=better(written.metric, spec.metrics) or "higher",
        kind=_KINDS.get(written.metric, "mean"),
        margin=change(written.improves_by) if written.improves_by else {},
        effect=effect(written),
        alpha=written.alpha.value,
        power=written.power.value,
        sample=_sample(written),
        guardrails=_guardrails(spec),
        looks=written.looks,
    )


def effect(written: "AbTest") -> Mapping[str, float]:
    """Return the improvement that is planned for: as written, else twice the margin, else 5%."""
    if written.effect:
        return change(written.effect)
    margin = change(written.improves_by) if written.improves_by else {}
    return {kind: 2 * amount for kind, amount in margin.items()} or {"relative": _USUAL}


def _sample(written: "AbTest") -> Mapping[str, int]:
    least = written.min_sample or 0
    return {"control": least, "treatment": least}


def _guardrails(spec: "Spec") -> Mapping[str, float]:
    slo = spec.serving.slo if spec.serving else None
    own = spec.ab_test.guardrails if spec.ab_test else None
    return {**dict(promised(slo)), **dict(promised(own))}
