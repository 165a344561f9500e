"""The figures that an alert may name: how each is asked for, its unit, and what to say of it."""

from collections.abc import Callable
from dataclasses import dataclass

from mlopsc.targets.monitoring.promql import Scope, age, matcher, rounded, series, worst

REQUESTS, SECONDS = "model_requests_total", "model_request_duration_seconds"
QUANTILES = {"latency_p50": 0.5, "latency_p95": 0.95, "latency_p99": 0.99}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: `ask` gives its expression for a direction, `kind` says how tests make one up.

    `batch` says that scheduled jobs export it, `metrics` are the exported ones that it is made of.
    """

    words: str
    unit: str
    kind: str
    ask: Callable[[Scope, str], str]
    metrics: tuple[str, ...]
    batch: bool
    look: str
    action: str


def figure(name: str) -> Figure:
    """Return the figure of an alert's metric; one that we do not know is a figure of the model."""
    return _KNOWN.get(name) or Figure(
        name,
        "number",
        "gauge",
        lambda scope, way: worst(series("model_metric", scope, matcher("metric", name)), way),
        ("model_metric",),
        True,
        "make lineage: which data and code made the champion; reports/drift.json: has the data changed?",
        "make retrain when the data has changed; make rollback when the last promotion made it worse.",
    )


def _recorded(name: str, unit: str) -> Callable[[Scope, str], str]:
    return lambda scope, _: rounded(series(name, scope), unit) if unit == "number" else series(name, scope)


def _gauge(name: str, *more: str) -> Callable[[Scope, str], str]:
    return lambda scope, way: worst(series(name, scope, *more), way)


def _aged(name: str) -> Callable[[Scope, str], str]:
    return lambda scope, _: age(series(name, scope))


_LOAD = "Traffic and version on the dashboard: is it since a deployment, or since the load has risen?"
_UNLOAD = "A deployment: make back-out. Load: more copies (serving.replicas). Else: the log of a slow copy."
_LATENCY = {
    name: Figure(
        f"{name[-3:]} latency",
        "seconds",
        "quantile",
        _recorded(f"model:{name}:5m", "seconds"),
        (f"model:{name}:5m",),
        False,
        _LOAD,
        _UNLOAD,
    )
    for name in QUANTILES
}
_KNOWN = {
    **_LATENCY,
    "error_rate": Figure(
        "share of failed requests",
        "share",
        "share",
        _recorded("model:errors:ratio_rate5m", "share"),
        ("model:errors:ratio_rate5m",),
        False,
        "model_requests_total by code and version: 422 is wrong inputs, 5xx is the service itself.",
        "One version alone: make back-out. All of them: read the service's log by request id.",
    ),
    "request_rate": Figure(
        "rate of requests per second",
        "number",
        "rate",
        _recorded("model:requests:rate5m", "number"),
        ("model:requests:rate5m",),
        False,
        "The callers, and what stands before the service: has traffic moved, or does it not arrive?",
        "Too many: more copies (serving.replicas). Too few: ask the callers, and try a request yourself.",
    ),
    "drift_score": Figure(
        "drift score",
        "number",
        "gauge",
        _gauge("model_drift_score", 'column=""'),
        ("model_drift_score",),
        True,
        "reports/drift.html of the last make drift: which columns? +Inf: a column is missing or broken.",
        "A fault in the data: mend its source. A true change: make retrain, and look at the gate's verdict.",
    ),
    "data_valid": Figure(
        "verdict on the data (1 is valid)",
        "number",
        "gauge",
        _gauge("model_data_valid"),
        ("model_data_valid",),
        True,
        "reports/validate.json: which column, how many rows, some examples.",
        "Mend the source or remove the file, then make validate. Nothing is trained on it meanwhile.",
    ),
    "data_age": Figure(
        "age of the newest data",
        "seconds",
        "age",
        _aged("model_data_newest_timestamp_seconds"),
        ("model_data_newest_timestamp_seconds",),
        True,
        "Where new data lands, and the job that fills it: when did the last file land?",
        "Start what delivers the data again, then make fetch. The model still serves what it knows.",
    ),
    "model_age": Figure(
        "age of the champion",
        "seconds",
        "age",
        _aged("model_champion_promoted_timestamp_seconds"),
        ("model_champion_promoted_timestamp_seconds",),
        True,
        "reports/retrain.json and reports/register.json: was there a training, and what did the gate refuse?",
        "make retrain, or promote the candidate that waits: make promote.",
    ),
}
