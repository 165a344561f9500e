"""How a version comes into service."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Kubernetes cluster: kubectl's context (empty where the spec names none) and a namespace."""

    context: str
    namespace: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one environment takes a version: by which strategy, as which image (without a tag), and where.

    `cluster` is None for one host; `error_rate` is the largest share of requests that may fail, None
    where nothing is promised.
    """

    strategy: str
    image: str
    pull_secret: str
    cluster: Cluster | None
    error_rate: float | None
