"""Alerts: each watches a figure that is exported, in its unit, and fires when things are bad."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlopsc.checks.metrics import EXPORTED, better, undeclared
from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View

if TYPE_CHECKING:
    from mlopsc.spec.monitoring import Alert


def something(view: View) -> Iterator[Diagnostic]:
    """Monitoring watches, shows or tells something (M306)."""
    written, serving = view.spec.monitoring, view.spec.serving
    if written is None or (serving and serving.slo):
        return
    if not (written.alerts or written.dashboard or written.notify or written.history):
        hint = "add `alerts`, `dashboard: grafana` or `notify`"
        yield Diagnostic("M306", "`monitoring` asks for nothing", ("monitoring",), hint=hint, on_key=True)


def alerts(view: View) -> Iterator[Diagnostic]:
    """Each alert can fire, and does so for a reason (M302, M304, M305, M306, M308, M321, M340, M342)."""
    seen = []
    for index, alert in enumerate(view.spec.monitoring.alerts if view.spec.monitoring else ()):
        at = ("monitoring", "alerts", index)
        if alert in seen:
            yield Diagnostic("M308", "this alert stands here twice", at, hint="remove one")
        seen.append(alert)
        unknown = tuple(_exported(alert, at, view))
        yield from unknown or _unit(alert, at)
        yield from _range(alert, at)
        yield from _direction(alert, at, view)
        if alert.rollback:
            yield from _rollback(alert, (*at, "rollback"), view)


def _rollback(alert: "Alert", at: Path, view: View) -> Iterator[Diagnostic]:
    if view.spec.deployment is None:
        message = "`rollback` needs a `deployment`: there is nothing to take back"
        yield Diagnostic("M302", message, at, hint="remove it", on_key=True)
    elif view.spec.registry is None:
        message = "`rollback` needs a `registry`: nothing knows which version was before"
        yield Diagnostic("M302", message, at, hint="remove it", on_key=True)
    if alert.severity != "page":
        message = "only a page rolls back: somebody must be awake when a version is taken back"
        yield Diagnostic("M304", message, at, hint="write `severity: page`", on_key=True)


def _exported(alert: "Alert", at: Path, view: View) -> Iterator[Diagnostic]:
    known, spec, at = EXPORTED.get(alert.metric), view.spec, (*at, "metric")
    if known is None and better(alert.metric, view) is None:
        yield undeclared(at, alert.metric, view, tuple(EXPORTED))
        return
    # Others are figures of the champion, or of what true labels say of it.
    sections = known.sections if known else ("registry",)
    judged = known is None and spec.drift and any(test.metric for test in spec.drift.tests)
    if not judged and not any(getattr(spec, section) for section in sections):
        names = " or ".join(f"`{section}`" for section in sections)
        message = f"`{alert.metric}` is exported by {names}, which the spec has not"
        yield Diagnostic("M302", message, at, hint=f"add {names}, or remove the alert")
    elif alert.metric == "data_age" and not (spec.pipeline or (spec.data and spec.data.timestamp)):
        message = (
            "nothing says how old the data is: there is no `timestamp` in it, and no `pipeline` fetches it"
        )
        yield Diagnostic("M302", message, at, hint="add `timestamp: COLUMN` to `data`")


def _range(alert: "Alert", at: Path) -> Iterator[Diagnostic]:
    if alert.above is None and alert.below is None:
        hint = "add `above` or `below`"
        yield Diagnostic("M306", f"this alert never fires: which `{alert.metric}` is bad?", at, hint=hint)
    if alert.above and alert.below and alert.above.value < alert.below.value:
        always = f"every figure is above {alert.above.text} or below {alert.below.text}"
        message = f"this alert always fires: {always}"
        yield Diagnostic("M305", message, (*at, "above"), hint="exchange `above` and `below`?")


def _unit(alert: "Alert", at: Path) -> Iterator[Diagnostic]:
    time = alert.metric in EXPORTED and EXPORTED[alert.metric].time
    example = "`200ms`" if alert.metric.startswith("latency_") else "`7d`"
    for key in ("above", "below"):
        level = getattr(alert, key)
        if level is None:
            continue
        if time and level.unit != "seconds":
            number = level.unit == "number"
            said = f"`{level.text}ms`, `{level.text}s`" if example == "`200ms`" else f"`{level.text}d`"
            hint = f"say of what: {said}" if number else f"for example {example}"
            yield Diagnostic(
                "M321", f"`{alert.metric}` is a time, and {level.text} is none", (*at, key), hint=hint
            )
        elif not time and level.unit == "seconds":
            message = f"`{alert.metric}` is no time, and {level.text} is one"
            yield Diagnostic("M321", message, (*at, key), hint="for example `0.1` or `10%`")
        elif alert.metric == "error_rate" and level.value >= 1:
            message = f"`error_rate` is a share of the requests and never reaches {level.text}"
            yield Diagnostic("M321", message, (*at, key), hint="for example `1%`")


def _direction(alert: "Alert", at: Path, view: View) -> Iterator[Diagnostic]:
    known = EXPORTED.get(alert.metric)
    good = known.good if known else better(alert.metric, view)
    wrong = {"lower": "below", "higher": "above"}.get(good or "", "")
    if wrong and getattr(alert, wrong) is not None and (alert.above is None or alert.below is None):
        right = "above" if wrong == "below" else "below"
        message = f"this alert fires when all is well: for `{alert.metric}`, {good} is better"
        hint = f"write `{right}: {getattr(alert, wrong).text}`?"
        yield Diagnostic("M342", message, (*at, wrong), hint=hint, on_key=True)


RULES = (something, alerts)
