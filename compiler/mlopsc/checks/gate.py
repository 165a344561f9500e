"""The gate of the registry: it judges something, in the right direction, by figures that exist."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlopsc import defaults
from mlopsc.checks.metrics import better
from mlopsc.checks.stages import stages
from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View

if TYPE_CHECKING:
    from mlopsc.spec.tracking import Gate


def figures(view: View) -> Iterator[Diagnostic]:
    """A gate needs a pipeline that writes metrics (M302)."""
    if view.spec.registry is None:
        return
    if view.spec.pipeline is None:
        hint = "add a `pipeline` that trains and evaluates"
        yield Diagnostic(
            "M302", "`registry` needs a `pipeline`: nothing trains", ("registry",), hint=hint, on_key=True
        )
    elif not defaults.artifact(view.spec):
        hint = "add `artifact: models/model` to `model`: the output of the stage that trains"
        message = "`registry` needs to know which output is the model"
        yield Diagnostic("M302", message, ("registry",), hint=hint, on_key=True)
    elif not any(stage.metrics for stage in stages(view).values()):
        hint = "add `metrics: [metrics.json]` to the stage that evaluates"
        message = "the gate needs figures, and no stage has `metrics`"
        yield Diagnostic("M302", message, ("registry", "gate"), hint=hint, on_key=True)


def conditions(view: View) -> Iterator[Diagnostic]:
    """Each condition asks for something that can be met (M304, M305, M306, M308, M341)."""
    seen = []
    for index, gate in enumerate(view.spec.registry.gate if view.spec.registry else ()):
        at = ("registry", "gate", index)
        if gate in seen:
            yield Diagnostic("M308", "the gate has this condition twice", at, hint="remove one")
        seen.append(gate)
        yield from _one(gate, at)
        yield from _direction(gate, better(gate.metric, view), at)


def _one(gate: "Gate", at: Path) -> Iterator[Diagnostic]:
    if gate.min is None and gate.max is None and gate.improves_on is None:
        hint = "add `min`, `max` or `improves_on: champion`"
        yield Diagnostic("M306", f"the gate asks nothing of `{gate.metric}`", at, hint=hint)
    if gate.by and gate.improves_on is None:
        hint = "add `improves_on: champion`"
        yield Diagnostic("M302", "`by` needs `improves_on`: an improvement on what?", (*at, "by"), hint=hint)
    if gate.min and gate.max and gate.min.value > gate.max.value:
        message = f"no figure is at least {gate.min.text} and at most {gate.max.text}"
        yield Diagnostic("M305", message, (*at, "min"), hint="exchange `min` and `max`?")


def _direction(gate: "Gate", good: str | None, at: Path) -> Iterator[Diagnostic]:
    bounded = (gate.min is None) != (gate.max is None)
    wrong = {"lower": gate.min, "higher": gate.max}.get(good or "")
    if wrong is not None and bounded:
        now, then = ("min", "max") if good == "lower" else ("max", "min")
        message = f"`{now}` lets only the worse versions pass: for `{gate.metric}`, {good} is better"
        hint = f"write `{then}: {wrong.text}`"
        yield Diagnostic("M341", message, (*at, now), hint=hint, on_key=True)


RULES = (figures, conditions)
