"""Kubernetes: the objects around the service, as a base and an overlay for each environment."""

from collections.abc import Iterator

from mlopsc.files import File, Template
from mlopsc.model import Model
from mlopsc.symbols import Command, KubernetesObject, Need, Note, Program, Setting, Symbol, Table
from mlopsc.targets.kubernetes.overlay import TAG, Overlay
from mlopsc.targets.offered import packages

SECTIONS: tuple[str, ...] = ()
SUMMARY = "kubernetes/: base and an overlay for each environment with a cluster (kustomize)"

_AT = ("deployment",)
_BASE = "kustomization serviceaccount networkpolicy service deployment poddisruptionbudget"
_KINDS = "ConfigMap Deployment NetworkPolicy PodDisruptionBudget Service ServiceAccount"
# As long as load balancers and other nodes may take to hear that a pod goes.
_PAUSE_SECONDS = 10
# How long requests that run may still take, and what is left for the process to end.
_DRAIN_SECONDS, _REST_SECONDS = 20, 15
_SPREAD = ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
_PROGRAM = "ops/manifests.py"


def offers(model: Model) -> Iterator[Symbol]:
    """Bring the objects, and the command that shows them."""
    places = _places(model)
    if not places:
        return
    yield from packages(("pyyaml",), _AT)
    yield Command("manifests", (_PROGRAM,), "Show what make deploy applies for VERSION=7", at=_AT)
    everywhere = tuple(each.environment for each in places)
    for kind in _KINDS.split():
        yield KubernetesObject(f"{kind}/{model.name}", everywhere, at=_AT)
    if scaled := tuple(each.environment for each in places if each.scaled):
        kind = f"HorizontalPodAutoscaler/{model.name}"
        yield KubernetesObject(kind, scaled, at=("serving", "replicas"))
    if stored := tuple(each.environment for each in places if each.stored):
        policy = f"NetworkPolicy/{places[0].predictions}"
        yield KubernetesObject(policy, stored, at=("serving", "prediction_log"))
    known = {e.environment: {"environment": e.environment, "overlay": e.folder, "tag": TAG} for e in places}
    yield Setting("manifests", instead=known, at=_AT)
    yield Note("Kubernetes", tuple(_words(model, places)), at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the manifests."""
    places = _places(model)
    if not places:
        return
    needs, values = (Need(Program, _PROGRAM, _AT),), _shared(model)
    for name in _BASE.split():
        yield File(f"kubernetes/base/{name}.yaml", Template(f"base/{name}.yaml", values), needs=needs, at=_AT)
    for place in places:
        for name, own in place.files():
            template = Template(f"overlay/{name}.yaml", own)
            yield File(f"{place.folder}/{name}.yaml", template, at=("environments", place.environment))


def _places(model: Model) -> tuple[Overlay, ...]:
    """Return the overlays: one for each environment whose cluster takes versions one after another."""
    if not model.deploys:
        return ()
    found = ((each, each.deployment, each.service) for each in model.environments)
    return tuple(
        Overlay(model.name, each.name, each.cost_center, delivery, delivery.cluster, service)
        for each, delivery, service in found
        if delivery and delivery.cluster and service
    )


def _shared(model: Model) -> dict[str, object]:
    """Return what no environment changes."""
    said = {"kubernetes.io/description": model.description, "mlops/owner": model.owner}
    return {
        "name": model.name,
        "annotations": [{"name": name, "value": value} for name, value in said.items() if value],
        "alive": model.serving.alive if model.serving else "",
        "ready": model.serving.ready if model.serving else "",
        "pause_seconds": _PAUSE_SECONDS,
        "grace_seconds": _PAUSE_SECONDS + _DRAIN_SECONDS + _REST_SECONDS,
        "settings": [f"DRAIN_SECONDS={_DRAIN_SECONDS}", "PORT=8080"],
        "spread": _SPREAD,
    }


def _words(model: Model, places: tuple[Overlay, ...]) -> Iterator[str]:
    for each in places:
        where = f"context {each.cluster.context}, namespace {each.cluster.namespace}"
        yield f"{each.environment}: {where}, {each.copies}."
    yield "make deploy applies the environment's overlay with the version's image, and waits for the rollout."
    yield "It refuses a Deployment with the label of another environment, and brings back what fails."
    yield f"An overlay alone has the tag {TAG}: no image has it, so that none runs by accident."
    yield "By hand: make manifests VERSION=7 prints what to pipe into kubectl apply --server-side -f -."
    yield "GitOps: a kustomization of your own with the overlay as resource, and `images` with the tag."
    yield "Nodes are drained one pod at a time; a single pod is away until the next one is ready."
    for each in places:
        yield from each.words()
    yield f"Asked within the cluster at http://{model.name}.<namespace>; an Ingress or a Gateway is yours."
