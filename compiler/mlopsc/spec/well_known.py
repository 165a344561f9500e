"""The metrics that need no declaration, and every place of a spec that names one."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from mlopsc.diagnostics import Path

if TYPE_CHECKING:
    from mlopsc.spec import Spec
    from mlopsc.spec.metrics import Metric

Better = Literal["higher", "lower"]

_HIGHER = (
    "accuracy balanced_accuracy f1 f1_macro f1_micro f1_weighted precision recall specificity roc_auc pr_auc "
    "auc average_precision mcc kappa jaccard ndcg map hit_rate r2 explained_variance"
)
_LOWER = (
    "log_loss loss brier_score rmse mse mae mape smape wape rmsle medae max_error mean_squared_error "
    "mean_absolute_error"
)
WELL_KNOWN: Mapping[str, Better] = {
    **dict.fromkeys(_HIGHER.split(), "higher"),
    **dict.fromkeys(_LOWER.split(), "lower"),
}
"""Metric -> which direction is better."""


def better(name: str, declared: "Mapping[str, Metric] | None") -> Better | None:
    """Return which direction of a metric is better; None when nobody has said so.

    A dotted name is a nested key: `recall.enterprise` is better where `recall` is, and so is `test.recall`.
    """
    own = declared or {}
    steps = name.split(".")
    wholes = [".".join(steps[:count]) for count in range(len(steps), 0, -1)]
    for known in (*wholes, steps[-1]):
        if known in own:
            return own[known].better
        if known in WELL_KNOWN:
            return WELL_KNOWN[known]
    return None


def measured(spec: "Spec") -> Iterator[tuple[Path, str]]:
    """Yield every place that names a metric of the model, alerts left out."""
    for index, gate in enumerate(spec.registry.gate if spec.registry else ()):
        yield ("registry", "gate", index, "metric"), gate.metric
    for index, test in enumerate(spec.drift.tests if spec.drift else ()):
        if test.metric:
            yield ("drift", "tests", index, "metric"), test.metric
    if spec.retraining and spec.retraining.triggers.metric:
        yield ("retraining", "triggers", "metric", "metric"), spec.retraining.triggers.metric.metric
    strategy = spec.retraining.strategy if spec.retraining else None
    if strategy and strategy.full_when:
        yield ("retraining", "strategy", "full_when", "metric"), strategy.full_when.metric
    if spec.ab_test:
        yield ("ab_test", "metric"), spec.ab_test.metric
