"""The online service of the model, and what each environment says of it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mlopsc import defaults
from mlopsc.model.service import PredictionLog, Replicas, Service, Serving
from mlopsc.resolve.views import View

if TYPE_CHECKING:
    from mlopsc.spec import Spec
    from mlopsc.spec.limits import Limits
    from mlopsc.spec.serving import Amounts
    from mlopsc.spec.serving import Serving as WrittenServing

# From 5 ms to 10 s, as the client libraries of Prometheus have them.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# A cold start was seen at 335 MB; more than the limit is a leak, and a restart cures it.
_REQUESTS, _MEMORY = {"cpu": "250m", "memory": "512Mi"}, "1Gi"
_GPU = "nvidia.com/gpu"
_LATENCIES = ("latency_p50", "latency_p95", "latency_p99")


def serving(views: tuple[View, ...]) -> Serving | None:
    """Return what all environments share, or None without a service."""
    spec = views[0].spec
    if spec.serving is None:
        return None
    used = {level for view in views for level in _thresholds(view.spec)}
    # Without a bound above it, no quantile would ever be seen to be beyond the largest threshold.
    above = {2 * max(used)} if used and max(used) >= _BUCKETS[-1] else set()
    return Serving(spec.serving.runtime, defaults.inputs(spec), tuple(sorted({*_BUCKETS, *used, *above})))


def service(spec: "Spec") -> Service | None:
    """Return the service as one environment wants it, or None without one."""
    written = spec.serving
    if written is None:
        return None
    requests, limits = _resources(written)
    return Service(
        image=written.image or "",
        pull_secret=written.pull_secret or "",
        replicas=_replicas(spec),
        requests=requests,
        limits=limits,
        slo=dict(promised(written.slo)),
        log=_log(spec),
        traffic=written.traffic.per_second if written.traffic else None,
    )


def _replicas(spec: "Spec") -> Replicas:
    written = spec.serving.replicas if spec.serving else None
    if written is None:
        # One that is drained leaves one that answers.
        return Replicas(2, 2)
    target = written.target.value if written.target else 0.7
    return Replicas(written.min, written.max, written.metric or "cpu", target)


def _resources(written: "WrittenServing") -> tuple[dict[str, str], dict[str, str]]:
    """Return requests and limits; where the spec is silent, what MLflow and a small model take.

    Nothing is requested beyond a limit that the spec has, and a GPU is both, as Kubernetes wants it.
    """
    amounts = written.resources
    asked = dict(_amounts(amounts.requests if amounts else None))
    most = dict(_amounts(amounts.limits if amounts else None))
    for name, usual in _REQUESTS.items():
        asked.setdefault(name, most.get(name, usual))
    if amounts is None or amounts.requests is None or amounts.requests.memory is None:
        most.setdefault("memory", _MEMORY)
    most.setdefault("memory", asked["memory"])
    if gpu := most.get(_GPU) or asked.get(_GPU):
        asked[_GPU] = most[_GPU] = gpu
    return _ordered(asked), _ordered(most)


def _ordered(amounts: dict[str, str]) -> dict[str, str]:
    return {name: amounts[name] for name in ("cpu", "memory", _GPU) if name in amounts}


def _amounts(part: "Amounts | None") -> Iterator[tuple[str, str]]:
    if part is None:
        return
    if part.cpu:
        yield "cpu", str(part.cpu.text)
    if part.memory:
        yield "memory", part.memory.text
    if part.gpu:
        yield _GPU, str(part.gpu)


def promised(limits: "Limits | None") -> Iterator[tuple[str, float]]:
    """Yield the limits that are set: shares, and latencies in seconds."""
    if limits is None:
        return
    if limits.error_rate:
        yield "error_rate", limits.error_rate.value
    for name in _LATENCIES:
        if level := getattr(limits, name):
            yield name, level.seconds


def _log(spec: "Spec") -> PredictionLog | None:
    written = spec.serving.prediction_log if spec.serving else None
    if written is None:
        return None
    return PredictionLog(written.path or "", written.broker or "", written.queue or written.topic or "")


def _thresholds(spec: "Spec") -> Iterator[float]:
    """Yield each latency that something compares with: without a bucket there it could only be guessed."""
    limits: Iterable[Limits | None] = (
        spec.serving.slo if spec.serving else None,
        spec.deployment.promote_if if spec.deployment else None,
        spec.ab_test.guardrails if spec.ab_test else None,
    )
    for each in limits:
        yield from (level for name, level in promised(each) if name in _LATENCIES)
    for alert in spec.monitoring.alerts if spec.monitoring else ():
        levels = (alert.above, alert.below) if alert.metric in _LATENCIES else ()
        yield from (level.value for level in levels if level is not None)
