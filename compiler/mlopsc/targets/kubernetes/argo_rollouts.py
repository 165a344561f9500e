"""Argo Rollouts: its controller moves the weights of a VirtualService; AnalysisTemplates decide."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mlopsc.model import Rollout
from mlopsc.targets.kubernetes import argo_analysis, mesh
from mlopsc.targets.kubernetes.figures import percent
from mlopsc.targets.kubernetes.hands import OPTIONS as GITOPS
from mlopsc.targets.kubernetes.hands import kubectl
from mlopsc.targets.kubernetes.provider import Part, Workload
from mlopsc.targets.kubernetes.shared import SPREAD

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay

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


def words(place: "Overlay") -> Iterator[str | tuple[str, str]]:
    """Yield what it asks of the cluster, what it does by itself, and how to see and end it."""
    rollout, name = place.delivery.rollout, place.name
    if rollout is None:
        return
    yield from mesh.words(place, "the controller of Argo Rollouts")
    yield f"{place.environment} needs Argo Rollouts 1.9 and Istio."
    yield (
        f"Its controller judges each step by the AnalysisTemplates {place.name}-*, at {rollout.prometheus},"
        " and promotes or aborts by itself; an aborted Rollout is Degraded, and serves the version before."
    )
    yield (
        "GitOps resets the weights and the subsets in the middle of a rollout: Argo CD is told to leave them"
        " alone."
    )
    group = "group: networking.istio.io"
    routes = f"{{{group}, kind: VirtualService, jqPathExpressions: [.spec.http]}}"
    subsets = f"{{{group}, kind: DestinationRule, jqPathExpressions: [.spec.subsets]}}"
    where = f"Argo CD, in the spec of the Application of {place.environment}"
    yield where, f"ignoreDifferences: [{routes}, {subsets}]"
    yield "Argo CD, beside it", GITOPS
    shown = "--output=jsonpath='{.status.phase} {.status.message} {.status.canary.weights.canary.weight}'"
    yield f"A rollout in {place.environment}", kubectl(place, f"get rollouts.argoproj.io {name} {shown}")
    abort = '--subresource=status --type=merge --patch=\'{"status": {"abort": true}}\''
    yield f"End it in {place.environment}", kubectl(place, f"patch rollouts.argoproj.io {name} {abort}")


def _rollout(place: "Overlay", rollout: Rollout) -> dict[str, Any]:
    steps = tuple(_steps(place.name, rollout))
    return {
        "name": place.name,
        "stable": f"{place.name}-stable",
        "canary": f"{place.name}-canary",
        "spread": SPREAD,
        "ready_seconds": _READY_SECONDS,
        "replicas": 0 if place.scaled else place.service.replicas.low,
        "mirrors": bool(rollout.shadow),
        "background": f"{place.name}-broken" if rollout.limits else "",
        "steps": steps,
    }


def _steps(name: str, rollout: Rollout) -> Iterator[dict[str, Any]]:
    """Yield the steps in the template's words: each is true, or has a value, in one of them."""
    if rollout.shadow:
        yield _step(mirror=True)
        if rollout.limits:
            yield from _judged(name, "shadow", rollout)
        else:
            yield _step(duration=f"{rollout.shadow}s")
        yield _step(unmirror=True)
    for index, share in enumerate(rollout.steps):
        yield _step(weight=percent(share))
        if rollout.shadow and not index:
            yield _step(follow=True)
        yield from _judged(name, "verdict", rollout)


def _judged(name: str, role: str, rollout: Rollout) -> Iterator[dict[str, Any]]:
    yield from (_step(template=f"{name}-{each}") for each in argo_analysis.roles(role, rollout))


def _step(**word: bool | int | str) -> dict[str, Any]:
    return dict.fromkeys(("mirror", "duration", "unmirror", "weight", "follow", "template")) | word
