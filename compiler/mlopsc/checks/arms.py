"""The service of an A/B test: it knows whom it answers, and what it has answered can be read later."""

from collections.abc import Iterator

from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View

_LOG: Path = ("serving", "prediction_log")


def arms(view: View) -> Iterator[Diagnostic]:
    """Only fastapi's service deals arms (M304)."""
    serving = view.spec.serving
    if view.spec.ab_test and serving and serving.runtime != "fastapi":
        message = f"`runtime: {serving.runtime}` knows no ids, so that it cannot tell who gets which version"
        hint = "say `runtime: fastapi`, or remove `ab_test`"
        yield Diagnostic("M304", message, ("ab_test",), hint=hint, on_key=True)


def log(view: View) -> Iterator[Diagnostic]:
    """Predictions are kept (M302) where they outlive the pods that made them (M345)."""
    spec = view.spec
    # Another runtime keeps none.
    if spec.ab_test is None or (spec.serving and spec.serving.runtime != "fastapi"):
        return
    written = spec.serving.prediction_log if spec.serving else None
    if written is None:
        message = "`ab_test` needs `serving.prediction_log`: what did each version answer?"
        hint = "add `serving: {prediction_log: {path: 's3://bucket/predictions/'}}`"
        yield Diagnostic("M302", message, ("ab_test",), hint=hint, on_key=True)
    elif written.path and _of_a_pod(written.path):
        message = (
            f"`{written.path}` lies in each pod and goes with it, and `ab_test` reads what all have answered"
        )
        hint = "name a store that pods and evaluation reach, e.g. `path: 's3://bucket/predictions/'`"
        yield Diagnostic("M345", message, (*_LOG, "path"), hint=hint)


def ids(view: View) -> Iterator[Diagnostic]:
    """Arms are dealt by the id of the entity, and outcomes are joined by it (M302)."""
    spec = view.spec
    if spec.ab_test and spec.data and spec.data.id is None:
        name = spec.outcomes.id if spec.outcomes else "customer_id"
        message = "`ab_test` needs `data.id`: which version answers whom?"
        yield Diagnostic(
            "M302", message, ("ab_test",), hint=f"add `id: {name}` to `data`, for example", on_key=True
        )


def _of_a_pod(path: str) -> bool:
    return "://" not in path or path.startswith("file:")


RULES = (arms, log, ids)
