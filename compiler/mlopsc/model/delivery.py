"""How a version comes into service."""

from collections.abc import Mapping
from dataclasses import dataclass

from mlopsc.model.experiment import Experiment

# Whose traffic our own controller shifts; the others bring one of their own.
CONTROLLED = ("istio", "gateway-api", "kserve", "none")
# After a new share, Prometheus has scraped, and every proxy has heard of the weights: then a step is held.
SETTLE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Kubernetes cluster: kubectl's context (empty where the spec names none) and a namespace."""

    context: str
    namespace: str


@dataclass(frozen=True, slots=True)
class Rollout:
    """How a version gets its traffic: by which provider, in which steps, and what each must show.

    `steps` are rising shares of the traffic, none where a version is only mirrored; `pods` are the canary
    pods of each step where pods share it evenly, else empty. `shadow` (0 for none) and `hold` are seconds.
    `limits` holds error_rate, latency_p50, latency_p95 and latency_p99 as far as they are limited (seconds,
    shares); `mode` is KServe's, else empty; `experiment`
    follows the last step.
    """

    provider: str
    packaging: str
    mode: str
    steps: tuple[float, ...]
    pods: tuple[int, ...]
    hold: int
    shadow: int
    limits: Mapping[str, float]
    min_requests: int
    on_no_data: str
    prometheus: str
    experiment: Experiment | None = None

    @property
    def controlled(self) -> bool:
        """Whether our own controller shifts the traffic."""
        return self.provider in CONTROLLED

    @property
    def deadline(self) -> int:
        """Seconds from the first share after which what is not decided is taken back: twice what it takes."""
        return 2 * (self.shadow + len(self.steps) * self.hold)

    @property
    def check_seconds(self) -> int:
        """How often a version is looked at while it is held: ten times, every 10 to 60 seconds."""
        return min(60, max(10, (self.hold or self.shadow) // 10))


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one environment takes a version: by which strategy, as which image (without a tag), and where.

    `cluster` is None for one host; `error_rate` is the largest share of requests that may fail, None
    where nothing is promised; `rollout` is None where a version replaces the one before at once;
    `packaging` is kustomize or helm.
    """

    strategy: str
    image: str
    pull_secret: str
    cluster: Cluster | None
    error_rate: float | None
    rollout: Rollout | None = None
    packaging: str = "kustomize"
