"""The service: an application that answers with a pinned version, and the image that holds it."""

from collections.abc import Iterator
from typing import Any

from mlopsc.files import Data, File, Verbatim
from mlopsc.model import Model
from mlopsc.symbols import Metric, Program, Symbol, Table

SECTIONS = ("serving",)
SUMMARY = "serving/: the service, its metrics, its log of predictions, and its image"

_AT = ("serving",)
_OF_ALL = "draining given handover json_lines launch measure request_limits"
_LABELS = ("model", "version", "environment")
_LIMITS = {"body_bytes": 1 << 20, "rows": 1000, "parallel": 4, "waiting": 1000, "seconds": 10}
_LOG = {"bytes": 16 << 20, "seconds": 300, "queue": 10_000}
_PREDICT = {"fastapi": "/predict", "mlflow": "/invocations", "bentoml": "/predict"}


def offers(model: Model) -> Iterator[Symbol]:
    """Bring the metrics of the service."""
    if model.serving is None:
        return
    yield from (Program(f"serving/{name}.py", at=_AT) for name in _OF_ALL.split())
    yield from _metrics()


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the application and its settings."""
    if model.serving is None:
        return
    for name in _OF_ALL.split():
        yield File(f"serving/{name}.py", Verbatim(f"serving/{name}.py"), at=_AT)
    yield File("serving/service.json", Data(_settings(model)), at=_AT)


def _metrics() -> Iterator[Symbol]:
    about = "requests for predictions, by the code of the answer"
    yield Metric("model_requests_total", about, (*_LABELS, "code"), "counter", at=_AT)
    about = "from the last byte of a request for predictions to the last byte of its answer"
    yield Metric("model_request_duration_seconds", about, _LABELS, "histogram", at=_AT)
    yield Metric("model_info", "the version that serves", (*_LABELS, "runtime"), at=_AT)


def _settings(model: Model) -> dict[str, Any]:
    serving = model.serving
    if serving is None:
        return {}
    return {
        "model": model.name,
        "runtime": serving.runtime,
        "task": model.task,
        "inputs": dict(serving.inputs),
        "buckets": list(serving.buckets),
        "paths": {"predict": _PREDICT[serving.runtime]},
        "limits": _LIMITS,
        "log": {"format": model.data.format or "csv", **_LOG},
    }
