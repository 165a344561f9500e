"""Figures of the batch side for Prometheus: drift, freshness, validation, scores, age of the model."""

from collections.abc import Iterator

from mlopsc.files import File, Verbatim
from mlopsc.model import Model
from mlopsc.symbols import Command, EnvVar, Metric, Note, Report, Symbol, Table
from mlopsc.targets.offered import memory, needed, own, packages, readers, shared, tracking

SECTIONS: tuple[str, ...] = ()
SUMMARY = "ops/exporter.py: drift, freshness, validation, scores and age of the model, for Prometheus"

_AT = ("monitoring",)
_OWN = "contributions exporter exposition gauges sources"
_SHARED = "local settings state text_files verdict"
_EXPORTER = Command(
    "exporter", ("ops/exporter.py",), "Serve the figures of data and model to Prometheus", at=_AT
)


_ADDRESS = EnvVar(
    "EXPORTER_ADDRESS",
    purpose="the address at which make exporter serves the figures",
    default="127.0.0.1:9108",
    local=True,
    at=_AT,
)


def offers(model: Model) -> Iterator[Symbol]:
    """Bring the exporter and its metrics."""
    if not _wanted(model):
        return
    yield _EXPORTER
    yield from own(_programs(model), _AT)
    yield from shared(_SHARED, _AT)
    yield from memory(model, _AT)
    yield from _metrics(model)
    if _dated(model):
        yield from shared("tables", _AT)
        yield from packages(("pandas",), _AT)
        yield from packages(readers(model, model.data.path), _AT)
    if model.registry:
        yield from tracking(model)
    yield _ADDRESS
    words = "the figures for node_exporter's textfile collector, where make exporter does not run"
    yield Report("reports/metrics.prom", words, at=_AT)
    yield Note("Figures for Prometheus", tuple(_words(model)), at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the programs."""
    if _wanted(model):
        relied = f"{_SHARED} tables" if _dated(model) else _SHARED
        for program in own(_programs(model), _AT):
            yield File(program.name, Verbatim(program.name), needs=needed(relied, _AT), at=_AT)


def _wanted(model: Model) -> bool:
    watched = [each.monitoring for each in model.environments if each.monitoring]
    looked_at = model.drift is not None or model.scoring is not None
    return bool(model.name) and (looked_at or any(w.rules or w.dashboard or w.history for w in watched))


def _dated(model: Model) -> bool:
    """Say whether records say themselves how new they are, and something reads them."""
    return bool(model.data.timestamp and (model.validation or model.pipeline))


def _programs(model: Model) -> str:
    return _OWN + " champion" * bool(model.registry) + " freshness" * _dated(model)


def _metrics(model: Model) -> Iterator[Metric]:
    named = ("environment",) * any(each.name for each in model.environments)
    for name, words, label in _named(model):
        yield Metric(name, words, ("model", *named, *((label,) if label else ())), at=_AT)


def _named(model: Model) -> Iterator[tuple[str, str, str]]:
    """Yield name, help and own label of each metric, as ops/gauges.py and ops/exporter.py write them."""
    if drift := model.drift:
        score = (
            f"Drift of the data: {drift.score['statistic']} of a column, {drift.score['across']} over all."
        )
        yield "model_drift_score", score, "column"
        yield "model_drift_checked_timestamp_seconds", "When drift was last checked.", ""
    if model.validation:
        yield "model_data_valid", "Whether the last validation passed each check.", ""
        yield "model_data_validated_timestamp_seconds", "When data was last validated.", ""
    if model.pipeline or _dated(model):
        yield "model_data_newest_timestamp_seconds", "When the newest data is from.", ""
    if model.scoring:
        yield "model_scoring_rows", "The rows that were scored last.", ""
        yield "model_scoring_timestamp_seconds", "When they were scored.", ""
    if model.scoring and model.registry:
        yield "model_scoring_version", "The version that scored them.", ""
    if model.registry:
        yield "model_champion_version", "The version that is champion.", ""
        yield "model_champion_promoted_timestamp_seconds", "Since when it is.", ""
    if model.registry or (model.drift and any("metric" in test for test in model.drift.tests)):
        yield "model_metric", "A metric of the champion.", "metric"
    yield "model_exporter_up", "The exporter runs.", ""
    yield "model_exporter_source_up", "Whether a source of the figures answers.", "source"


def _words(model: Model) -> Iterator[str]:
    yield "make exporter serves what the programs left: http://127.0.0.1:9108/metrics (EXPORTER_ADDRESS)."
    yield "It ends with the shell that started it: let systemd, say, keep it up."
    yield "Where node_exporter runs, its textfile collector may read reports/metrics.prom instead."
    yield "A figure that is not known is left out, never NaN, which no limit would ever be broken by."
    if model.registry:
        since = "what labels said since its promotion, else what it was registered with"
        yield f"model_metric is of the champion: {since}."
    if model.state == "tracking":
        yield "The figures are kept in the tracking store: the exporter may run on any machine."
