"""What is shown: each panel asks figures that are exported, and knows them by name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mlopsc.model import Model
from mlopsc.targets.grafana.queries import Query, age, arms, errors, gauge, latency, others, traffic

_QUANTILES = {"latency_p50": 0.5, "latency_p95": 0.95, "latency_p99": 0.99}


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
    """Return the panels of a model: six at most, and what else an alert watches."""
    found = [*_of_service(model), *_of_data(model), *_of_versions(model), *_of_champion(model)]
    alerted = set(watched)
    return found[:_SHOWN] + [each for each in found[_SHOWN:] if alerted & set(each.watched)]


def compared(first: int) -> list[Panel]:
    """Return the panels that compare the versions that answer at the same time."""
    by = "version"
    return [
        Panel(first, "Requests by version", "Which version answers.", "reqps", (traffic(by),)),
        Panel(first + 1, "Errors by version", "Answers with 5xx or 422.", "percentunit", (errors(by),)),
        Panel(
            first + 2,
            "Latency by version",
            "Within which time 95% of the answers came.",
            "s",
            (latency(0.95, by, "{{version}}"),),
        ),
    ]


def tested(first: int) -> list[Panel]:
    """Return the panels of an A/B test: those that compare versions, and who answers which arm."""
    about = "Ids of an arm by the version that answers; none are requests without an id."
    return [*compared(first), Panel(first + 3, "Requests by arm", about, "reqps", (arms(),))]


_SHOWN = 6
TRAFFIC, ERRORS, LATENCY, DRIFT, FRESHNESS, VERSION, METRICS, VALIDATION, AGE = range(1, 10)


def _of_service(model: Model) -> Iterator[Panel]:
    if model.serving is None:
        return
    yield Panel(
        TRAFFIC,
        "Traffic",
        "Requests for predictions per second: all, and those that were not answered with 200.",
        "reqps",
        (traffic(), others()),
        ("request_rate",),
    )
    about = "Share of requests that got no prediction: 5xx, and 422 for inputs that do not fit."
    yield Panel(ERRORS, "Errors", about, "percentunit", (errors(""),), ("error_rate",))
    yield Panel(
        LATENCY,
        "Latency",
        "Within which time half, 95% and 99% of the answers came.",
        "s",
        tuple(latency(share, "", name.removeprefix("latency_")) for name, share in _QUANTILES.items()),
        tuple(_QUANTILES),
    )


def _of_data(model: Model) -> Iterator[Panel]:
    if model.drift:
        about = "How far recent data is from what the champion was trained on. A broken column scores +Inf."
        overall = gauge("model_drift_score", "max", "all columns", ',column=""')
        columns = gauge("model_drift_score", "max by (column)", "{{column}}", ',column!=""')
        yield Panel(DRIFT, "Drift", about, "short", (overall, columns), ("drift_score",))
    ages = tuple(_ages(model))
    if ages:
        yield Panel(
            FRESHNESS,
            "Freshness",
            "How long ago the newest data is from, and was last checked.",
            "s",
            ages,
            ("data_age",),
        )


def _ages(model: Model) -> Iterator[Query]:
    if model.pipeline or (model.data.timestamp and model.validation):
        yield age("model_data_newest_timestamp_seconds", "newest data")
    if model.validation:
        yield age("model_data_validated_timestamp_seconds", "validated")
    if model.drift:
        yield age("model_drift_checked_timestamp_seconds", "drift checked")
    if model.scoring:
        yield age("model_scoring_timestamp_seconds", "scored")


def _of_versions(model: Model) -> Iterator[Panel]:
    queries = []
    if model.serving:
        queries.append(gauge("model_info", "count by (version)", "version {{version}}"))
    elif model.registry:
        queries.append(gauge("model_champion_version", "max", "champion"))
    if queries:
        about = "How many copies serve each version." if model.serving else "Which version is the champion."
        yield Panel(VERSION, "Version", about, "none", tuple(queries))


def _of_champion(model: Model) -> Iterator[Panel]:
    if model.registry:
        about = "Figures of the champion: by labels that came later, else as it was registered."
        metrics = gauge("model_metric", "max by (metric)", "{{metric}}")
        yield Panel(METRICS, "Metrics", about, "short", (metrics,), tuple(model.metrics))
    if model.validation:
        valid = gauge("model_data_valid", "min", "last validation")
        yield Panel(
            VALIDATION,
            "Validation",
            "What the last validation found.",
            "none",
            (valid,),
            ("data_valid",),
            kind="stat",
        )
    if model.registry:
        since = age("model_champion_promoted_timestamp_seconds", "champion")
        yield Panel(
            AGE,
            "Age of the model",
            "How long ago it was promoted.",
            "s",
            (since,),
            ("model_age",),
            kind="stat",
        )
