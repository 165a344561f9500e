"""The service: a range that can be kept, resources that Kubernetes grants, inputs that a caller can know."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View

if TYPE_CHECKING:
    from mlopsc.spec.serving import Amounts, Replicas

_AT = ("serving", "replicas")


def replicas(view: View) -> Iterator[Diagnostic]:
    """An autoscaler has a range, and something to scale on (M302, M304, M305)."""
    written = view.spec.serving.replicas if view.spec.serving else None
    if written is None:
        return
    if written.min > written.max:
        message = f"there are never at least {written.min} and at most {written.max} replicas"
        yield Diagnostic("M305", message, (*_AT, "min"), hint="exchange `min` and `max`?")
    for key in ("metric", "target"):
        if written.min == written.max and getattr(written, key) is not None:
            message = f"`{key}` belongs to a range, and {written.min} replicas are a fixed number"
            hint = f"raise `max`, or write `replicas: {written.min}`"
            yield Diagnostic("M304", message, (*_AT, key), hint=hint, on_key=True)
    if written.metric not in (None, "cpu", "gpu_memory") and written.target is None:
        message = f"`metric: {written.metric}` needs a `target`: which level is kept?"
        yield Diagnostic("M302", message, (*_AT, "metric"), hint="for example `target: 100`")
    yield from _target(written)
    yield from _scaled(view)


def _target(written: "Replicas") -> Iterator[Diagnostic]:
    """What is aimed at can be had: a share up to all of it, a level above nothing (M305)."""
    if written.target is None or written.min >= written.max:
        return
    at, value = (*_AT, "target"), written.target.value
    if written.metric not in (None, "cpu", "gpu_memory"):
        if value < _LEAST:
            level = written.target.text
            message = f"a level of {level} is never kept: there would be {written.max} replicas, always"
            yield Diagnostic("M305", message, at, hint="name the level for one replica, e.g. `target: 100`")
    elif not _PERCENT <= value <= 1:
        message = f"the target is {value * 100:.6g}% of what there is, and must be between 1% and 100%"
        yield Diagnostic("M305", message, at, hint="for example `target: 70%`")


def _scaled(view: View) -> Iterator[Diagnostic]:
    serving = view.spec.serving
    if serving is None or serving.replicas is None or serving.replicas.min >= serving.replicas.max:
        return
    written = serving.resources
    parts = [part for part in (written.requests, written.limits) if part] if written else []
    if serving.replicas.metric == "gpu_memory" and not any(part.gpu for part in parts):
        hint = "add `resources: {limits: {nvidia.com/gpu: 1}}`"
        yield Diagnostic("M302", "`metric: gpu_memory` needs a GPU", (*_AT, "metric"), hint=hint)
    if (
        view.spec.deployment
        and serving.replicas.metric in (None, "cpu")
        and not any(part.cpu for part in parts)
    ):
        message = "scaling on the processor needs `resources.requests.cpu`: the target is a share of it"
        hint = "add `resources: {requests: {cpu: 250m}}`"
        yield Diagnostic("M302", message, _AT, hint=hint, on_key=True)


def resources(view: View) -> Iterator[Diagnostic]:
    """Nothing is promised beyond its limit; GPUs are not overcommitted (M304, M305)."""
    written = view.spec.serving.resources if view.spec.serving else None
    if written is None or written.requests is None or written.limits is None:
        return
    asked, most = _amounts(written.requests), _amounts(written.limits)
    for key in asked.keys() & most.keys():
        at = ("serving", "resources", "requests", key)
        if asked[key][0] > most[key][0]:
            message = f"{asked[key][1]} are requested, and {most[key][1]} is the limit"
            yield Diagnostic("M305", message, at, hint="lower the request, or raise the limit")
        elif key == _GPU and asked[key] != most[key]:
            message = "Kubernetes wants the request for GPUs to be their limit"
            yield Diagnostic("M304", message, at, hint=f"write {most[key][1]} in both, or only the limit")


def inputs(view: View) -> Iterator[Diagnostic]:
    """The fields of a request are known, and the answer is none of them (M302, M324)."""
    spec = view.spec
    if spec.serving is None:
        return
    typed = spec.serving.runtime == "fastapi"
    if typed and spec.serving.inputs is None and not (spec.validation and spec.validation.columns):
        hint = "add `inputs: {age: integer}`, or columns to `validation`"
        yield Diagnostic(
            "M302", "the fields of a request are not known", ("serving",), hint=hint, on_key=True
        )
    target = spec.data.target if spec.data else None
    if target and target in (spec.serving.inputs or {}):
        message = f"`{target}` is what is predicted, and an input of the service"
        hint = "remove it from `inputs`: a caller cannot know it"
        yield Diagnostic("M324", message, ("serving", "inputs", target), hint=hint, on_key=True)


def log(view: View) -> Iterator[Diagnostic]:
    """Predictions are logged to somewhere (M302, M306)."""
    written = view.spec.serving.prediction_log if view.spec.serving else None
    if written is None or written.broker:
        return
    at: Path = ("serving", "prediction_log")
    if written.path is None and not written.queue and not written.topic:
        hint = "add `path: logs/predictions/` or `broker: kafka`"
        yield Diagnostic("M306", "the prediction log has no place", at, hint=hint, on_key=True)
    for key, broker in (("queue", "rabbitmq"), ("topic", "kafka")):
        if getattr(written, key):
            message = f"`{key}` needs a `broker`"
            yield Diagnostic("M302", message, (*at, key), hint=f"add `broker: {broker}`", on_key=True)


_GPU = "nvidia.com/gpu"
# The finest that Kubernetes tells apart: a thousandth of a level, a whole percent of a share.
_LEAST, _PERCENT = 0.001, 0.01


def _amounts(part: "Amounts") -> dict[str, tuple[float, str]]:
    found: dict[str, tuple[float, str]] = {}
    if part.cpu:
        found["cpu"] = (part.cpu.cores, str(part.cpu.text))
    if part.memory:
        found["memory"] = (part.memory.bytes, part.memory.text)
    if part.gpu:
        found[_GPU] = (part.gpu, str(part.gpu))
    return found


RULES = (replicas, resources, inputs, log)
