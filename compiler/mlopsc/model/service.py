"""The online service: what a request looks like, how many copies answer it, and what is promised.

Times are seconds, shares are fractions, amounts of memory and processor are Kubernetes quantities.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Replicas:
    """How many copies run; where `low` and `high` differ, an autoscaler keeps `metric` at `target`.

    `metric` is cpu, gpu_memory, or the name of a metric of the user's own; `target` is a share for the
    first two and a level for the last.
    """

    low: int
    high: int
    metric: str = "cpu"
    target: float = 0.7

    @property
    def scaled(self) -> bool:
        """Whether an autoscaler owns the number of copies."""
        return self.low < self.high


@dataclass(frozen=True, slots=True)
class PredictionLog:
    """Where predictions go: a file, folder or object store, or a broker with its queue or topic."""

    path: str
    broker: str
    channel: str


@dataclass(frozen=True, slots=True)
class Service:
    """What one environment may say of the service.

    `slo` holds error_rate, latency_p50, latency_p95 and latency_p99 as far as they are promised;
    `traffic` is expected requests per second, None where nobody has said.
    """

    image: str
    pull_secret: str
    replicas: Replicas
    requests: Mapping[str, str]
    limits: Mapping[str, str]
    slo: Mapping[str, float]
    log: PredictionLog | None
    traffic: float | None


@dataclass(frozen=True, slots=True)
class Serving:
    """What all environments share, because one image serves them all.

    `runtime` is fastapi, mlflow or bentoml; `inputs` maps each field of a request to its logical type;
    `buckets` are the upper bounds of the latency histogram, with every threshold that is used anywhere.
    """

    runtime: str
    inputs: Mapping[str, str]
    buckets: tuple[float, ...]

    @property
    def alive(self) -> str:
        """The path that answers while the process works."""
        return "/healthz"

    @property
    def ready(self) -> str:
        """The path that answers once the model is loaded, and no longer when the process ends."""
        return "/readyz"
