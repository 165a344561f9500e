"""Argo Rollouts: its controller moves the weights of a VirtualService; AnalysisTemplates decide."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mlopsc.model import Rollout
from mlopsc.targets.kubernetes import argo_analysis, mesh
from mlopsc.targets.kubernetes.argo_steps import steps
from mlopsc.targets.kubernetes.argo_words import words
from mlopsc.targets.kubernetes.provider import Part, Workload
from mlopsc.targets.kubernetes.shared import SPREAD

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay

__all__ = ["ALWAYS_SCALED", "FOLDERS", "TRACK", "parts", "words", "workload"]

FOLDERS = ("service", "pods")
# The label that the controller gives each version; an analysis has its value as `track`.
TRACK = "metadata.labels['rollouts-pod-template-hash']"
ALWAYS_SCALED = False
_READY_SECONDS = 300


def workload(name: str) -> Workload:
    """Return the Rollout, which stands where a Deployment would."""
    return Workload("argoproj.io/v1alpha1", "Rollout", name)


def parts(place: "Overlay") -> Iterator[Part]:
    """Yield the Rollout, made of the Deployment, and what it works with."""
    name, rollout = place.name, place.delivery.rollout
    if rollout is None:
        return
    # What is laid over a Deployment comes before it is none any more.
    yield from mesh.parts(place, mesh.ISTIO)
    yield Part("kind", "argo-rollouts/kind.yaml", {}, patches="Deployment", turns=True)
    yield Part(
        "rollout", "argo-rollouts/rollout.yaml", _rollout(place, rollout), (f"Rollout/{name}",), "Rollout"
    )
    yield Part("names", "argo-rollouts/names.yaml", {}, tells=True)
    for track in ("stable", "canary"):
        values = {"name": name, "service": f"{name}-{track}", "track": track}
        yield Part(f"service-{track}", "argo-rollouts/service.yaml", values, (f"Service/{name}-{track}",))
    # In this order: a route to a subset that a proxy has not heard of is answered with 503.
    for kind in ("DestinationRule", "VirtualService"):
        template = f"argo-rollouts/{kind.lower()}.yaml"
        yield Part(kind.lower(), template, {"name": name}, (f"{kind}/{name}",))
    for each in argo_analysis.templates(place.environment, name, rollout):
        values = {**each, "name": f"{name}-{each['role']}", "prometheus": rollout.prometheus}
        template = "argo-rollouts/analysistemplate.yaml"
        yield Part(f"analysis-{each['role']}", template, values, (f"AnalysisTemplate/{name}-{each['role']}",))


def _rollout(place: "Overlay", rollout: Rollout) -> dict[str, Any]:
    return {
        "name": place.name,
        "stable": f"{place.name}-stable",
        "canary": f"{place.name}-canary",
        "spread": SPREAD,
        "ready_seconds": _READY_SECONDS,
        "replicas": 0 if place.scaled else place.service.replicas.low,
        "mirrors": bool(rollout.shadow),
        "background": f"{place.name}-broken" if rollout.limits else "",
        "steps": tuple(steps(place.name, rollout)),
    }
