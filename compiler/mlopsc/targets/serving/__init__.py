"""The service: an application that answers with a pinned version, and the image that holds it."""

from collections.abc import Iterator
from typing import Any

from mlopsc.files import Data, File, Template, Verbatim
from mlopsc.model import Model, Serving
from mlopsc.pins import PINS, PROTOCOLS
from mlopsc.symbols import Command, EnvVar, Metric, Note, Program, Report, Setting, Symbol, Table
from mlopsc.targets.offered import needed, own, packages, prediction_log, shared
from mlopsc.targets.serving import experiment

SECTIONS = ("serving",)
SUMMARY = "serving/: the service, its metrics, its log of predictions, and its image"

_AT = ("serving",)
_LOG_AT = ("serving", "prediction_log")
# Put around every runtime's application; the others are what fastapi's is made of.
_AROUND = "bounded draining given handover journal json_lines launch measure probe refusal request_limits"
_FASTAPI = "plain_values prediction prediction_metrics request_fields request_schema signature strict_json"
_LOG = "prediction_files prediction_log prediction_uploads"
_SHARED = "local settings verdict"
_PREDICT = {"fastapi": "/predict", "mlflow": "/invocations", "bentoml": "/predict"}
# Bytes of a body, rows in it, predictions at once, requests that wait for one, seconds to send one in.
_LIMITS = {"body_bytes": 1 << 20, "rows": 1000, "parallel": 4, "waiting": 1000, "seconds": 10}
# Bytes and seconds after which a file ends, and bytes of requests whose answers wait to be written.
_FILES = {"bytes": 16 << 20, "seconds": 300, "queue_bytes": 8 << 20}
# Predicted numbers may be shares, prices or counts.
_VALUES = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1e3, 1e4, 1e5, 1e6)


def offers(model: Model) -> Iterator[Symbol]:
    """Bring `make serve`, the metrics of the service, and what its image needs."""
    serving = model.serving
    if serving is None:
        return
    yield Command("serve", ("ops/serve.py",), "Serve VERSION=7, MODEL=folder, or what was made last", at=_AT)
    yield from own("build_context chosen_model serve", _AT)
    if not model.deploys:
        build = "Build the image of VERSION=7 or MODEL=folder, to stay here"
        yield Command("image", ("ops/image_of_model.py",), build, at=_AT)
        yield from own("image_of_model", _AT)
        yield Report("reports/image.json", "how the last make image ended", at=_AT)
        yield Setting("serving_image", _image(model), at=_AT)
    yield from shared(_SHARED, _AT)
    yield from (Program(f"serving/{name}.py", at=_AT) for name in _programs(model, serving))
    yield from packages(_packages(model, serving, "mlflow"), _AT)
    yield from prediction_log(model)
    yield EnvVar("LISTEN", "where make serve listens", default="127.0.0.1:8080", at=_AT)
    yield from _metrics(model, serving)
    yield Note("Service", tuple(_words(model, serving)), at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the application, its settings and what its image is made from."""
    serving = model.serving
    if serving is None:
        return
    for program in own("build_context chosen_model serve", _AT):
        yield File(program.name, Verbatim(program.name), needs=needed(_SHARED, _AT), at=_AT)
    if not model.deploys:
        yield File("ops/image_of_model.py", Verbatim("ops/image_of_model.py"), at=_AT)
    for name in _programs(model, serving):
        folder = serving.runtime if name == "service" else "serving"
        yield File(f"serving/{name}.py", Verbatim(f"{folder}/{name}.py"), at=_AT)
    yield File("serving/service.json", Data(_settings(model, serving)), at=_AT)
    yield File("serving/Dockerfile", Verbatim("serving/Dockerfile"), at=_AT)
    pins = [
        f"{name}=={PINS[name]}" for name in sorted({*_packages(model, serving, "mlflow-skinny"), "skops"})
    ]
    yield File("serving/requirements.txt", Template("requirements.txt", {"requirements": pins}), at=_AT)


def _programs(model: Model, serving: Serving) -> Iterator[str]:
    yield from _AROUND.split()
    yield "service"
    if serving.runtime == "fastapi":
        yield from (*_FASTAPI.split(), *_LOG.split())
    if _tests(model, serving):
        yield from experiment.PROGRAMS
    if serving.runtime == "bentoml":
        yield "plain_values"


def _tests(model: Model, serving: Serving) -> bool:
    return bool(model.experiments) and serving.runtime == "fastapi"


def _logs(model: Model) -> list[str]:
    services = [each.service for each in model.environments if each.service and each.service.log]
    return [service.log.path for service in services if service.log and service.log.path]


def _packages(model: Model, serving: Serving, mlflow: str) -> Iterator[str]:
    """Yield what the service needs, with all of MLflow or the part that loads a model."""
    yield from (mlflow, "pandas", "fastapi", "uvicorn", "prometheus-client")
    if serving.runtime == "bentoml":
        yield "bentoml"
    logs = _logs(model)
    if logs and model.data.format == "parquet":
        yield "pyarrow"
    for place in logs:
        if (protocol := place.partition("://")[0]) != place and protocol in PROTOCOLS:
            yield PROTOCOLS[protocol]


def _image(model: Model) -> dict[str, str]:
    images = [each.service.image for each in model.environments if each.service]
    return {"image": images[-1] if images else "", "python": model.python.version}


def _metrics(model: Model, serving: Serving) -> Iterator[Symbol]:
    # Where versions serve side by side, each of them says which it is.
    labels = ("model", "version", "environment", *(("track",) if model.rollouts else ()))
    about = "requests for predictions, by the code of the answer"
    yield Metric("model_requests_total", about, (*labels, "code"), "counter", at=_AT)
    about = "from the last byte of a request for predictions to the last byte of its answer"
    yield Metric("model_request_duration_seconds", about, labels, "histogram", at=_AT)
    yield Metric("model_info", "the version that serves, and its runtime", (*labels, "runtime"), at=_AT)
    if serving.runtime != "fastapi":
        return
    if model.task != "regression":
        about = "predictions, by what was predicted"
        yield Metric("model_predictions_total", about, (*labels, "answer"), "counter", at=_AT)
    if model.task != "classification":
        yield Metric("model_prediction_value", "predicted numbers", labels, "histogram", at=_AT)
    for name in ("written", "dropped") if _logs(model) else ():
        about = f"predictions that were {name} by the log"
        yield Metric(f"model_prediction_log_{name}_total", about, labels, "counter", at=_LOG_AT)
    if _tests(model, serving):
        yield from experiment.metrics(labels)


def _settings(model: Model, serving: Serving) -> dict[str, Any]:
    data = model.data
    key = data.id or (model.outcomes.id if model.outcomes else "")
    named = {key: data.types.get(key) or "string"} if key and _logs(model) else {}
    return {
        "model": model.name,
        "runtime": serving.runtime,
        "task": model.task,
        "inputs": dict(serving.inputs),
        "key": {name: kind for name, kind in named.items() if name not in serving.inputs},
        "buckets": list(serving.buckets),
        "value_buckets": list(_VALUES),
        "paths": {"predict": _PREDICT[serving.runtime]},
        "limits": _LIMITS,
        "log": {"format": data.format or "csv", "time": data.timestamp or "timestamp", **_FILES},
        **(
            {"ab_test": experiment.settings(model, key)}
            if model.experiments and serving.runtime == "fastapi"
            else {}
        ),
    }


def _words(model: Model, serving: Serving) -> Iterator[str]:
    where = _PREDICT[serving.runtime]
    yield f"POST {where} asks for predictions; GET /healthz, /readyz, /metrics say how the service is."
    if serving.runtime == "fastapi":
        fields = ", ".join(f"{name} ({kind})" for name, kind in serving.inputs.items())
        yield f'A request is one row, {{"field": value}}, or {{"rows": [row, ...]}}, of: {fields}.'
        yield "What a model cannot take is refused with 422: the field, what stood there, what is wanted."
    yield "Each answer has a request_id (X-Request-ID, kept if the caller sent one); the log names it."
    if _tests(model, serving):
        yield from experiment.words(_settings(model, serving)["ab_test"])
    for place in dict.fromkeys(_logs(model)):
        about = f"Predictions go to {place}, with request_id and inputs, written behind the answers"
        yield f"{about}: a full queue drops and counts them, a process that is killed loses the last few."
