"""The overlays of these providers: those of golden/, and of specs that only a test has."""

from pathlib import Path
from typing import Any

from tests.engines.kubernetes.overlays import OVERLAYS, compiled, objects
from tests.engines.providers.world import CANARY, STABLE, World

Object = dict[str, Any]
ARGO, FLAGGER = "returns-production", "search-ranking-production"
STANDARD, KNATIVE = "vision-production", "speech-production"
ALL = (ARGO, FLAGGER, STANDARD, KNATIVE)
SERVING = {
    "image": "ghcr.io/acme/churn",
    "replicas": 4,
    "slo": {"error_rate": "1%", "latency_p95": "200ms"},
    "traffic": "60/s",
}
CANARY_OF = {
    "argo-rollouts": {"canary": CANARY, "stable": STABLE},
    # The label of the pods that Flagger selects by: it renames it for its copy.
    "flagger": {"canary": "churn", "stable": "churn-primary"},
}


def golden(name: str) -> list[Object]:
    """Return the objects of a golden overlay."""
    return objects(OVERLAYS[name])


def canary(folder: Path, provider: str, serving: Any = None, **more: Any) -> list[Object]:
    """Return the objects of a canary in two steps of ten minutes, with other keys of `deployment`."""
    steps = {"strategy": "canary", "steps": ["10%", "50%"], "hold": "10m"}
    given = {**steps, "provider": provider, "promote_if": {"min_requests": 500}, **more}
    deployment = {name: value for name, value in given.items() if value is not None}
    return compiled(folder, serving={**SERVING, **(serving or {})}, deployment=deployment)


def world(provider: str, **more: Any) -> World:
    """Return the world in which `canary` plays."""
    return World("churn", CANARY_OF[provider], **more)


def of_kind(found: list[Object], kind: str) -> list[Object]:
    """Return the objects of a kind."""
    return [each for each in found if each["kind"] == kind]


def one(found: list[Object], kind: str, name: str = "") -> Object:
    """Return the only object of a kind, or the one of a name."""
    (each,) = [each for each in of_kind(found, kind) if name in ("", each["metadata"]["name"])]
    return each


def kinds(found: list[Object]) -> list[str]:
    """Return which objects there are, as `Kind/name`."""
    return sorted(f"{each['kind']}/{each['metadata']['name']}" for each in found)


def queries(found: list[Object]) -> list[str]:
    """Return all that is asked of Prometheus about a version."""
    asked = [each["spec"]["query"] for each in of_kind(found, "MetricTemplate")]
    for each in of_kind(found, "AnalysisTemplate"):
        asked += [metric["provider"]["prometheus"]["query"] for metric in each["spec"]["metrics"]]
    return asked
