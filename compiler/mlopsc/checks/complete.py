"""What every spec must have before anything can be made from it."""

from collections.abc import Iterator

from mlopsc.diagnostics import Diagnostic
from mlopsc.resolve import View

_AUTOMATIONS = (
    "validation",
    "pipeline",
    "drift",
    "scoring",
    "serving",
    "features",
    "events",
    "monitoring",
    "plugins",
)


def parts(view: View) -> Iterator[Diagnostic]:
    """A spec of one model has a name, data and something to do (M301)."""
    spec = view.spec
    if spec.model is None:
        yield Diagnostic("M301", "the spec has no `model`", ("model",), hint="add `model: {name: churn}`")
    if spec.data is None:
        hint = "add `data: {path: data/customers.csv}`"
        yield Diagnostic("M301", "the spec has no `data`", ("data",), hint=hint)
    if all(getattr(spec, name) is None for name in _AUTOMATIONS):
        hint = f"add one of {', '.join(f'`{name}`' for name in _AUTOMATIONS)}"
        yield Diagnostic("M301", "the spec asks for nothing: it has no automation", hint=hint)


def one_model(view: View) -> Iterator[Diagnostic]:
    """A spec is of one model or of a house (M304)."""
    if view.spec.model and view.spec.models:
        hint = "keep `models` in a house spec of its own, and let this one extend it"
        yield Diagnostic("M304", "`models` stands beside `model`", ("models",), hint=hint, on_key=True)


RULES = (parts, one_model)
