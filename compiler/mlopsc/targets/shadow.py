"""Do two versions answer alike? While one is mirrored, the log of predictions has both answers."""

from collections.abc import Iterator, Mapping
from typing import Any

from mlopsc.files import File, Verbatim
from mlopsc.model import Environment, Model
from mlopsc.symbols import Command, Note, Report, Setting, Symbol, Table
from mlopsc.targets.offered import needed, own, packages, prediction_log, readers, shared

SECTIONS = ("deployment: shadow_first",)
SUMMARY = "ops/compare_shadow.py: what two versions answered to the same mirrored requests"

_AT = ("deployment", "shadow_first")
_OWN = "compare_shadow shadow_agreement shadow_pairs shadow_report"
_SHARED = "prediction_rows settings tables text_files verdict"
# Beside the rollout itself: it may be looked at the day after.
_DAY = 24 * 3600
_HELP = "Say how alike VERSION=8 answered what was mirrored to it"


def offers(model: Model) -> Iterator[Symbol]:
    """Bring the comparison where traffic is mirrored, and its answers can be read."""
    places = _places(model)
    if words := tuple(_words(model, places)):
        yield Note("Mirrored traffic", words, at=_AT)
    if not places:
        return
    yield Command("compare-shadow", ("ops/compare_shadow.py",), _HELP, True, at=_AT)
    yield from own(_OWN, _AT)
    yield from shared(_SHARED, _AT)
    yield from prediction_log(model)
    yield from packages(("pandas", *readers(model, *places.values())), _AT)
    yield Setting("shadow", instead={name: _settings(model, name) for name in places}, at=_AT)
    yield Report("reports/compare-shadow.html", "what two versions answered to the same requests", at=_AT)
    yield Report("reports/compare-shadow.json", "the same as data, with the largest differences", at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the programs."""
    if _places(model):
        for program in own(_OWN, _AT):
            needs = needed(f"{_SHARED} release", _AT)
            yield File(program.name, Verbatim(program.name), needs=needs, at=_AT)


def _mirrored(model: Model) -> Mapping[str, Environment]:
    """Return the environments where traffic is mirrored to a version before it gets any."""
    shadowed = {name for name, each in model.rollouts.items() if each.shadow}
    return {each.name: each for each in model.environments if each.name in shadowed}


def _places(model: Model) -> Mapping[str, str]:
    """Return where predictions are kept, by the environments where they can be compared.

    Only our own service names the request with each prediction, and a folder in a pod goes with it.
    """
    if model.serving is None or model.serving.runtime != "fastapi":
        return {}
    services = {name: each.service for name, each in _mirrored(model).items()}
    logs = {name: service.log.path for name, service in services.items() if service and service.log}
    return {name: path for name, path in logs.items() if "://" in path}


def _settings(model: Model, environment: str) -> dict[str, Any]:
    rollout = model.rollouts[environment]
    return {
        "format": model.data.format or "csv",
        "inputs": list(model.serving.inputs) if model.serving else [],
        "seconds": rollout.deadline + _DAY,
        "least": rollout.min_requests,
    }


def _words(model: Model, places: Mapping[str, str]) -> Iterator[str]:
    for name, path in places.items():
        yield f"{name}: make compare-shadow VERSION=8 reads {path}, where each mirrored request has two rows."
    if places:
        yield "A request is known by its x-request-id: the caller's, or the one that Envoy gives it."
        yield "Verdict done: enough were compared; whether they are alike enough is yours to say."
        yield "No data, doubtful: it shows nothing. SINCE=2026-11-26 (UTC) looks further back."
    if (lacking := [name for name in _mirrored(model) if name not in places]) and model.serving:
        where = ", ".join(name or "the service" for name in lacking)
        yield f"{where}: answers to mirrored requests are not compared; errors and latency are watched."
        yield "It takes our own service (fastapi), and a log of predictions in an object store."
