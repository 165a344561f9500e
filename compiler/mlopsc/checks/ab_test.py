"""The test on real users: two versions in service, and outcomes to judge them by."""

from collections.abc import Iterator

from mlopsc.chance.variances import MEASURES
from mlopsc.checks.metrics import better
from mlopsc.diagnostics import Diagnostic
from mlopsc.resolve import View

# They route single requests by a header.
_PROVIDERS = ("istio", "gateway-api")
_OF_NUMBERS = ("mae", "mse", "rmse", "r2")
_OF_CLASSES = tuple(name for name in MEASURES if name not in _OF_NUMBERS)


def canary(view: View) -> Iterator[Diagnostic]:
    """An A/B test follows the last step of a canary (M302, M351)."""
    written = view.spec.deployment
    if view.spec.ab_test is None:
        return
    if written is None or written.strategy != "canary":
        message = "`ab_test` needs a canary: it runs after the last step"
        hint = "add `deployment: {strategy: canary, provider: istio, …}`, or remove `ab_test`"
        yield Diagnostic("M302", message, ("ab_test",), hint=hint, on_key=True)
    elif written.provider and written.provider not in _PROVIDERS:
        message = f"`provider: {written.provider}` cannot send the same users to the same version"
        hint = "choose `provider: istio` or `gateway-api`, or remove `ab_test`"
        yield Diagnostic("M351", message, ("ab_test",), hint=hint, on_key=True)


def judged(view: View) -> Iterator[Diagnostic]:
    """Somebody learns which version was right (M302)."""
    spec = view.spec
    if spec.ab_test is None:
        return
    if spec.outcomes is None:
        message = f"`{spec.ab_test.metric}` of each version is known only where true labels arrive"
        hint = "add `outcomes: {path: data/outcomes.parquet, id: customer_id, value: churned}`"
        yield Diagnostic("M302", message, ("ab_test", "metric"), hint=hint)
    if spec.registry is None:
        message = "`ab_test` needs a `registry`: no version ever becomes a candidate"
        hint = "add a gate, e.g. `registry: {gate: [{metric: f1, min: 0.8}]}`"
        yield Diagnostic("M302", message, ("ab_test",), hint=hint, on_key=True)


def computed(view: View) -> Iterator[Diagnostic]:
    """The metric follows from outcomes and predictions (M362)."""
    spec = view.spec
    if spec.ab_test is None or spec.outcomes is None:
        return
    name, value = spec.ab_test.metric, spec.outcomes.value
    task = spec.model.task if spec.model else None
    wrong = _OF_CLASSES if task == "regression" else _OF_NUMBERS if task == "classification" else ()
    if name in wrong:
        message = f"`{name}` is no figure of a model whose `task` is {task}"
        fit = [each for each in MEASURES if each not in wrong]
        hint = f"choose {', '.join(fit)}, or `{value}`, which is the mean of the outcome itself"
        yield Diagnostic("M362", message, ("ab_test", "metric"), hint=hint)
    # What nobody has declared is told once.
    if name in MEASURES or name == value or better(name, view) is None:
        return
    message = f"`{name}` does not follow from predictions and their outcomes"
    hint = f"choose {', '.join(MEASURES)}, or `{value}`, which is the mean of the outcome itself"
    yield Diagnostic("M362", message, ("ab_test", "metric"), hint=hint)


def shared(view: View) -> Iterator[Diagnostic]:
    """Both versions get users (M305)."""
    if view.spec.ab_test and view.spec.ab_test.traffic.value >= 1:
        message = "with all of the traffic there is no champion left to compare with"
        yield Diagnostic("M305", message, ("ab_test", "traffic"), hint="for example `traffic: 10%`")


RULES = (canary, judged, computed, shared)
