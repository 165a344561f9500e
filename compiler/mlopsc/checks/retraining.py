"""Retraining: something can start it, and it has what it trains from."""

from collections.abc import Iterator
from posixpath import normpath
from typing import TYPE_CHECKING

from mlopsc import defaults
from mlopsc.checks.stages import makes, overlap, stages
from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View

if TYPE_CHECKING:
    from mlopsc.spec.retraining import MetricDrop

_AT = ("retraining", "triggers")


def something(view: View) -> Iterator[Diagnostic]:
    """There is a pipeline to run, and a trigger (M302, M306)."""
    if view.spec.retraining is None:
        return
    if view.spec.pipeline is None:
        message, hint = "`retraining` needs a `pipeline`: what would train?", "add a `pipeline`"
        yield Diagnostic("M302", message, ("retraining",), hint=hint, on_key=True)
    if not any(value for _, value in view.spec.retraining.triggers):
        hint = "add `schedule: weekly`, `drift: true` or `new_records: {above: 1000}`"
        yield Diagnostic("M306", "no trigger ever starts a retraining", _AT, hint=hint, on_key=True)


def fires(view: View) -> Iterator[Diagnostic]:
    """Each trigger can be fired by something (M344)."""
    spec = view.spec
    triggers = spec.retraining.triggers if spec.retraining else None
    if triggers is None:
        return
    if triggers.drift and spec.drift is None:
        yield _never("drift", "the spec has no `drift`", "add a `drift` section with the tests")
    if triggers.new_records and not (spec.data and spec.data.incoming):
        yield _never(
            "new_records", "`data.incoming` does not say where new data lands", "add `data.incoming`"
        )
    if triggers.metric and spec.outcomes is None:
        yield _never("metric", "without `outcomes` nobody knows the metric in production", "add `outcomes`")
    elif triggers.metric and not _computed(triggers.metric.metric, view):
        name = triggers.metric.metric
        yield _never("metric", f"no drift test computes `{name}`", _test_of(triggers.metric))
    if triggers.webhook and defaults.scheduler(spec) == "cron":
        hint = "say `scheduler: github`, `airflow`, `jenkins` or `events`"
        yield _never("webhook", "cron cannot be called from outside", hint)


def strategy(view: View) -> Iterator[Diagnostic]:
    """Incremental training goes on from a checkpoint of its own (M302, M307, M331, M344)."""
    written = view.spec.retraining.strategy if view.spec.retraining else None
    if written is None:
        return
    at: Path = ("retraining", "strategy")
    if written.mode == "incremental" and written.checkpoint is None:
        message = "`mode: incremental` needs a `checkpoint`: what does it go on from?"
        yield Diagnostic("M302", message, (*at, "mode"), hint="add `checkpoint: models/checkpoint`")
    for key in ("checkpoint", "full_when"):
        if written.mode == "full" and getattr(written, key) is not None:
            message = f"`{key}` has no effect: every training is a full one"
            hint = "say `mode: incremental`, or remove it"
            yield Diagnostic("M307", message, (*at, key), hint=hint, on_key=True)
    if written.full_when and view.spec.outcomes is None:
        message = "`full_when` never holds: without `outcomes` nobody knows the metric in production"
        yield Diagnostic("M344", message, (*at, "full_when"), hint="add `outcomes`", on_key=True)
    elif written.full_when and not _computed(written.full_when.metric, view):
        message = f"`full_when` never holds: no drift test computes `{written.full_when.metric}`"
        hint = _test_of(written.full_when)
        yield Diagnostic("M344", message, (*at, "full_when"), hint=hint, on_key=True)
    if written.checkpoint:
        yield from _checkpoint(normpath(written.checkpoint), view)


def _checkpoint(path: str, view: View) -> Iterator[Diagnostic]:
    """DVC takes no output inside another one; as an output of its own it is kept between runs."""
    for stage in stages(view).values():
        for _, out in makes(stage):
            if out != path and overlap(out, path):
                message = f"the checkpoint `{path}` overlaps the output `{out}`"
                hint = "give it a path of its own, e.g. `models/checkpoint`"
                yield Diagnostic("M331", message, ("retraining", "strategy", "checkpoint"), hint=hint)


def _computed(metric: str, view: View) -> bool:
    """Say whether the drift check computes a metric: triggers read its report."""
    return any(test.metric == metric for test in (view.spec.drift.tests if view.spec.drift else ()))


def _test_of(drop: "MetricDrop") -> str:
    return f"add `{{metric: {drop.metric}, drops_by: {drop.drops_by.text}}}` to `drift.tests`"


def _never(trigger: str, why: str, hint: str) -> Diagnostic:
    return Diagnostic(
        "M344", f"the trigger `{trigger}` never fires: {why}", (*_AT, trigger), hint=hint, on_key=True
    )


RULES = (something, fires, strategy)
