"""History: figures kept for long, in InfluxDB."""

from collections.abc import Iterator

from mlopsc.files import File, Verbatim
from mlopsc.model import Model
from mlopsc.symbols import Command, EnvVar, Job, Metric, Need, Note, Report, Secret, Setting, Symbol, Table
from mlopsc.targets.offered import needed, own, shared

SECTIONS = ("monitoring: history",)
SUMMARY = "ops/history.py: figures for long, in InfluxDB"

_AT = ("monitoring", "history")
_OWN = "history influxdb line_protocol"
_SHARED = "settings verdict"
_COMMAND = Command("history", ("ops/history.py",), "Keep the figures of now in InfluxDB", at=_AT)
_NEEDS = (
    *needed("gauges sources", _AT),
    Need(Metric, "model_exporter_up", _AT),
)


def offers(model: Model) -> Iterator[Symbol]:
    """Bring `make history`, where it writes to, and when."""
    kept = {each.name: each.monitoring.history for each in model.environments if each.monitoring}
    if not model.keeps_history:
        return
    yield _COMMAND
    yield from own(_OWN, _AT)
    yield from shared(_SHARED, _AT)
    yield Setting("history", instead={name: each for name, each in kept.items() if each}, at=_AT)
    for history in kept.values():
        for name, purpose in (
            ("url", "InfluxDB"),
            ("token", "the token of InfluxDB, or user:password of 1.x"),
        ):
            yield from _variable(history.get(name), purpose)
    if model.serving:
        purpose = "/metrics of the service, where its figures go to InfluxDB too"
        yield EnvVar("SERVICE_METRICS_URL", purpose=purpose, at=_AT)
    if when := model.history_schedule:
        yield Job("history", ("history",), cron=when.cron, words=f"{when.words} ({model.timezone})", at=_AT)
    yield Report("reports/history.json", "whether InfluxDB took the figures", at=_AT)
    yield Note("History", tuple(_words(model)), at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the programs."""
    if model.keeps_history:
        for program in own(_OWN, _AT):
            yield File(program.name, Verbatim(program.name), needs=(*needed(_SHARED, _AT), *_NEEDS), at=_AT)


def _variable(value: object, purpose: str) -> Iterator[Symbol]:
    if isinstance(value, dict):
        for kind, name in value.items():
            at = ("connections", "influxdb")
            if kind == "secret":
                yield Secret(name, purpose=purpose, at=at)
            else:
                yield EnvVar(name, purpose=purpose, at=at)


def _words(model: Model) -> Iterator[str]:
    when = "after each check of drift" if model.drift else "every hour"
    yield f"make history writes what the exporter would say to InfluxDB, {when}: a measurement per metric."
    yield "The bucket must be there, or in InfluxDB 1.x the database: CREATE DATABASE models."
    yield "InfluxDB knows no infinity: the score of a broken column is left out, and the verdict counts it."
