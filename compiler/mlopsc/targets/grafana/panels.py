"""What is shown: each panel asks figures that are exported, and knows them by name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mlopsc.model import Model

# For the caller both are a prediction that did not come; a version with wrong inputs shows only as 422.
FAILED = 'code=~"5..|422"'
_SELECTED = 'model="$model",environment=~"$environment"'
_RATE = "[$__rate_interval]"
_QUANTILES = {"latency_p50": 0.5, "latency_p95": 0.95, "latency_p99": 0.99}


@dataclass(frozen=True, slots=True)
class Query:
    """One PromQL expression, how its series are called, and the metrics that it asks."""

    expr: str
    legend: str
    metrics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: `number` is its id for ever, `watched` are the alerts' metrics whose limits it draws."""

    number: int
    title: str
    about: str
    unit: str
    queries: tuple[Query, ...]
    watched: tuple[str, ...] = ()
    kind: str = "timeseries"


def panels(model: Model, watched: Iterable[str]) -> list[Panel]:
    """Return the panels of a model: at most six, and one more where an alert watches its metrics."""
    found = [*_of_service(model), *_of_data(model), *_of_versions(model)]
    rest = list(_of_champion(model))
    shown = (found + rest)[:6]
    own = {name for panel in found for name in panel.watched}
    return shown + [
        each for each in rest if each.number == METRICS and each not in shown and set(watched) - own
    ]


def compared(first: int) -> list[Panel]:
    """Return the panels that compare the versions that answer at the same time."""
    by = "version"
    return [
        Panel(first, "Requests by version", "Which version answers.", "reqps", (_traffic(by),)),
        Panel(first + 1, "Errors by version", "Answers with 5xx or 422.", "percentunit", (_errors(by),)),
        Panel(
            first + 2,
            "Latency by version",
            "Within which time 95% of the answers came.",
            "s",
            (_latency(0.95, by, "{{version}}"),),
        ),
    ]


TRAFFIC, ERRORS, LATENCY, DRIFT, FRESHNESS, VERSION, METRICS, VALIDATION, AGE = range(1, 10)


def _of_service(model: Model) -> Iterator[Panel]:
    if model.serving is None:
        return
    yield Panel(
        TRAFFIC,
        "Traffic",
        "Requests for predictions per second, by the status of their answers.",
        "reqps",
        (_traffic("code"),),
        ("request_rate",),
    )
    about = "Share of requests that got no prediction: 5xx, and 422 for inputs that do not fit."
    yield Panel(ERRORS, "Errors", about, "percentunit", (_errors(""),), ("error_rate",))
    yield Panel(
        LATENCY,
        "Latency",
        "Within which time half, 95% and 99% of the answers came.",
        "s",
        tuple(_latency(share, "", name.removeprefix("latency_")) for name, share in _QUANTILES.items()),
        tuple(_QUANTILES),
    )


def _of_data(model: Model) -> Iterator[Panel]:
    if model.drift:
        about = "How far recent data is from what the champion was trained on. A broken column scores +Inf."
        overall = _gauge("model_drift_score", "max", "all columns", ',column=""')
        columns = _gauge("model_drift_score", "max by (column)", "{{column}}", ',column!=""')
        yield Panel(DRIFT, "Drift", about, "short", (overall, columns), ("drift_score",))
    ages = tuple(_ages(model))
    if ages:
        yield Panel(
            FRESHNESS, "Freshness", "How long ago the newest data is from, and was last checked.", "s", ages
        )


def _ages(model: Model) -> Iterator[Query]:
    if model.pipeline or (model.data.timestamp and model.validation):
        yield _age("model_data_newest_timestamp_seconds", "newest data")
    if model.validation:
        yield _age("model_data_validated_timestamp_seconds", "validated")
    if model.drift:
        yield _age("model_drift_checked_timestamp_seconds", "drift checked")


def _of_versions(model: Model) -> Iterator[Panel]:
    queries = []
    if model.serving:
        copies = f"count by (version) (model_info{{{_SELECTED}}})"
        queries.append(Query(copies, "copies of {{version}}", ("model_info",)))
    elif model.registry:
        queries.append(_gauge("model_champion_version", "max", "champion"))
    if queries:
        about = "How many copies serve each version." if model.serving else "Which version is the champion."
        yield Panel(VERSION, "Version", about, "none", tuple(queries))


def _of_champion(model: Model) -> Iterator[Panel]:
    if model.registry:
        about = "Figures of the champion: by labels that came later, else as it was registered."
        metrics = _gauge("model_metric", "max by (metric)", "{{metric}}")
        yield Panel(METRICS, "Metrics", about, "short", (metrics,), tuple(model.metrics))
    if model.validation:
        valid = _gauge("model_data_valid", "min", "last validation")
        yield Panel(
            VALIDATION, "Validation", "What the last validation found.", "none", (valid,), kind="stat"
        )
    if model.registry:
        age = _age("model_champion_promoted_timestamp_seconds", "champion")
        yield Panel(AGE, "Age of the model", "How long ago it was promoted.", "s", (age,), kind="stat")


def _traffic(by: str) -> Query:
    name = "model_requests_total"
    return Query(f"sum by ({by}) (rate({name}{{{_SELECTED}}}{_RATE}))", f"{{{{{by}}}}}", (name,))


def _errors(by: str) -> Query:
    name, total = "model_requests_total", f"sum by ({by})" if by else "sum"
    failed = f"{total} (rate({name}{{{_SELECTED},{FAILED}}}{_RATE}))"
    every = f"{total} (rate({name}{{{_SELECTED}}}{_RATE}))"
    return Query(f"{failed} / {every}", f"{{{{{by}}}}}" if by else "errors", (name,))


def _latency(share: float, by: str, legend: str) -> Query:
    name = "model_request_duration_seconds"
    labels = ", ".join(["le", *([by] if by else [])])
    rates = f"sum by ({labels}) (rate({name}_bucket{{{_SELECTED}}}{_RATE}))"
    return Query(f"histogram_quantile({share:g}, {rates})", legend, (name,))


def _gauge(name: str, over: str, legend: str, more: str = "") -> Query:
    return Query(f"{over} ({name}{{{_SELECTED}{more}}})", legend, (name,))


def _age(name: str, legend: str) -> Query:
    return Query(f"time() - max({name}{{{_SELECTED}}})", legend, (name,))
