"""Drift tests: each is whole, fits its columns, and has something to compare."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlopsc import defaults
from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View

if TYPE_CHECKING:
    from mlopsc.spec.drift import DriftTest

_THRESHOLD = {"ks": "p_value", "chi2": "p_value", "psi": "above", "wasserstein": "above", "msd": "above"}
_USUAL = {"p_value": "0.05", "above": "0.2"}
_NUMERIC = ("ks", "wasserstein", "msd")
_SUBJECTS = ("columns", "predictions", "metric")


def current(view: View) -> Iterator[Diagnostic]:
    """There is recent data to compare with the reference (M343)."""
    spec = view.spec
    if spec.drift is None:
        return
    log = spec.serving.prediction_log if spec.serving else None
    if not (spec.data and spec.data.incoming) and not spec.scoring and not log:
        hint = "add `data.incoming`, `scoring` or `serving.prediction_log`"
        message = "there is no recent data to compare with the reference"
        yield Diagnostic("M343", message, ("drift",), hint=hint, on_key=True)


def tests(view: View) -> Iterator[Diagnostic]:
    """Each test says what it tests, how, and when that is drift (M302, M304, M306, M308, M321)."""
    seen: set[tuple[str, str]] = set()
    for index, test in enumerate(view.spec.drift.tests if view.spec.drift else ()):
        at = ("drift", "tests", index)
        yield from _subject(test, at)
        yield from _statistic(test, at) if test.columns or test.predictions else _change(test, at)
        yield from _types(test, at, view)
        for place, column in enumerate(test.columns or ()):
            if (column, test.method or "") in seen:
                message = f"`{column}` is tested by `{test.method}` twice"
                yield Diagnostic("M308", message, (*at, "columns", place), hint="remove one")
            seen.add((column, test.method or ""))


def sources(view: View) -> Iterator[Diagnostic]:
    """Predictions are logged, and metrics can be computed again (M302)."""
    spec = view.spec
    logged = spec.scoring or (spec.serving and spec.serving.prediction_log)
    for index, test in enumerate(spec.drift.tests if spec.drift else ()):
        at = ("drift", "tests", index)
        if test.predictions and not logged:
            hint = "add `scoring`, or `serving: {prediction_log: {path: logs/predictions/}}`"
            yield Diagnostic(
                "M302", "no predictions are kept that could drift", (*at, "predictions"), hint=hint
            )
        if test.metric and spec.outcomes is None:
            message = f"`{test.metric}` can drift only where true labels arrive"
            hint = "add `outcomes: {path: data/outcomes.parquet, id: customer_id, value: churned}`"
            yield Diagnostic("M302", message, (*at, "metric"), hint=hint)
        elif test.metric and not logged:
            hint = "add `scoring`, or `serving: {prediction_log: {path: logs/predictions/}}`"
            message = f"no predictions are kept from which `{test.metric}` could be computed"
            yield Diagnostic("M302", message, (*at, "metric"), hint=hint)


def _subject(test: "DriftTest", at: Path) -> Iterator[Diagnostic]:
    given = [name for name in _SUBJECTS if getattr(test, name) is not None]
    if not given:
        hint = "add `columns: [age]`, `predictions: true` or `metric: accuracy`"
        yield Diagnostic("M306", "this test tests nothing", at, hint=hint)
    if len(given) > 1:
        names = " and ".join(f"`{name}`" for name in given)
        yield Diagnostic(
            "M304", f"one test has {names}", (*at, given[1]), hint="write a test for each", on_key=True
        )


def _statistic(test: "DriftTest", at: Path) -> Iterator[Diagnostic]:
    subject = "columns" if test.columns else "predictions"
    if test.method is None:
        hint = "add `method: ks` for numbers, `chi2` for categories or `psi` for both"
        yield Diagnostic("M302", f"a test of `{subject}` needs a `method`", at, hint=hint)
    elif test.p_value is None and test.above is None:
        limit = _THRESHOLD[test.method]
        message = f"`method: {test.method}` needs `{limit}`: when is it drift?"
        yield Diagnostic("M302", message, (*at, "method"), hint=f"for example `{limit}: {_USUAL[limit]}`")
    if test.drops_by and not test.metric:
        hint = "remove it, or test a `metric`"
        yield Diagnostic(
            "M304", f"`drops_by` is for a `metric`, not for `{subject}`", (*at, "drops_by"), hint=hint
        )


def _change(test: "DriftTest", at: Path) -> Iterator[Diagnostic]:
    if test.metric and test.drops_by is None:
        message = "a test of a `metric` needs `drops_by`: when is it drift?"
        yield Diagnostic(
            "M302", message, (*at, "metric"), hint="for example `drops_by: 0.05` or `drops_by: 5%`"
        )
    for key in ("method", "p_value", "above", "pair"):
        if test.metric and getattr(test, key) is not None:
            hint = "remove it; a metric drifts by `drops_by`"
            yield Diagnostic(
                "M304", f"`{key}` is for columns and predictions", (*at, key), hint=hint, on_key=True
            )


def _types(test: "DriftTest", at: Path, view: View) -> Iterator[Diagnostic]:
    known = view.spec.validation.columns if view.spec.validation else {}
    for index, name in enumerate(test.columns or ()):
        kind = defaults.column_type(known[name]) if name in known else ""
        if test.method in _NUMERIC and kind in ("string", "boolean"):
            message = f"`{test.method}` compares numbers, and `{name}` is a {kind}"
            hint = "use `method: chi2` or `method: psi`"
            yield Diagnostic("M321", message, (*at, "columns", index), hint=hint)


RULES = (current, tests, sources)
