"""The metrics that a spec names: each is well known, declared, or exported by what the spec has."""

from collections.abc import Iterator, Mapping
from typing import Literal

from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View

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

# Exported by the drift check, and by the service.
OF_DRIFT = ("drift_score",)
OF_SERVICE = ("error_rate", "latency_p50", "latency_p95", "latency_p99", "request_rate")


def better(name: str, view: View) -> Better | None:
    """Return which direction of a metric is better; None when nobody has said so.

    A dotted name is a nested key: `recall.enterprise` is better where `recall` is, and so is `test.recall`.
    """
    declared = view.spec.metrics or {}
    steps = name.split(".")
    wholes = [".".join(steps[:count]) for count in range(len(steps), 0, -1)]
    for known in (*wholes, steps[-1]):
        if known in declared:
            return declared[known].better
        if known in WELL_KNOWN:
            return WELL_KNOWN[known]
    return None


def measured(view: View) -> Iterator[tuple[Path, str]]:
    """Yield every place that names a metric of the model, alerts left out."""
    spec = view.spec
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


def declared(view: View) -> Iterator[Diagnostic]:
    """Nobody can judge a metric without its direction (M340)."""
    for at, name in measured(view):
        if better(name, view) is None:
            yield undeclared(at, name, view, ())


def undeclared(at: Path, name: str, view: View, more: tuple[str, ...]) -> Diagnostic:
    """Return what to say of a metric that nobody declares."""
    from mlopsc.spec.suggest import did_you_mean

    guess = did_you_mean(name, (*WELL_KNOWN, *(view.spec.metrics or {}), *more))
    way = f"declare it: `metrics: {{{name}: {{better: higher}}}}`"
    message = f"the metric `{name}` is not well known, and `metrics` does not declare it"
    return Diagnostic("M340", message, at, hint=f"{guess} or {way}" if guess else way)


RULES = (declared,)
