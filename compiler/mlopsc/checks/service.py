"""What the service can be asked, and what its runtime can do."""

from collections.abc import Iterator

from mlopsc import defaults
from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View

_AT: Path = ("serving",)
_INPUTS: Path = ("serving", "inputs")
# The columns of the prediction log beside the inputs; the time goes by the name of `data.timestamp`.
_LOGGED = ("request_id", "row", "version", "prediction")


def types(view: View) -> Iterator[Diagnostic]:
    """Every field of a request has a type (M302)."""
    spec = view.spec
    if spec.serving is None or spec.serving.runtime != "fastapi":
        return
    found = defaults.inputs(spec)
    if unknown := [f"`{name}`" for name, kind in found.items() if not kind]:
        several = len(unknown) > 1
        message = f"{', '.join(unknown)} {'have' if several else 'has'} no type: what may a request hold?"
        proposed = ", ".join(f"{name}: {kind or 'string'}" for name, kind in found.items())
        hint = f"give {'each' if several else 'it'} a `type`, or say `inputs: {{{proposed}}}`"
        yield Diagnostic("M302", message, _AT, hint=hint, on_key=True)


def names(view: View) -> Iterator[Diagnostic]:
    """No field of a request is called what the service calls something else (M304)."""
    spec = view.spec
    if spec.serving is None or spec.serving.runtime != "fastapi":
        return
    log = spec.serving.prediction_log
    time = (spec.data.timestamp if spec.data else None) or "timestamp"
    logged = (*_LOGGED, *(["arm"] if spec.ab_test else []), time)
    taken = dict.fromkeys(logged, "a column of the prediction log") if log and log.path else {}
    taken["rows"] = "how a request names many rows"
    for name in defaults.inputs(spec):
        if name in taken:
            at = (*_INPUTS, name) if spec.serving.inputs else _AT
            message = f"`{name}` is an input, and {taken[name]}"
            hint = "rename the input" if spec.serving.inputs else f"list `inputs` without `{name}`"
            yield Diagnostic("M304", message, at, hint=hint, on_key=True)


def runtimes(view: View) -> Iterator[Diagnostic]:
    """Typed inputs and the prediction log are fastapi's (M304)."""
    serving = view.spec.serving
    if serving is None or serving.runtime == "fastapi":
        return
    cannot = {"inputs": "checks no fields", "prediction_log": "keeps no predictions"}
    for key, why in cannot.items():
        if getattr(serving, key) is not None:
            message = f"`runtime: {serving.runtime}` {why}"
            hint = f"say `runtime: fastapi`, or remove `{key}`"
            yield Diagnostic("M304", message, (*_AT, key), hint=hint, on_key=True)


RULES = (types, names, runtimes)
