"""Kubernetes: the objects around the service, as a base and an overlay for each environment."""

from collections.abc import Iterator

from mlopsc.files import File, Template
from mlopsc.model import Model
from mlopsc.symbols import Command, KubernetesObject, Need, Note, Program, Setting, Symbol, Table
from mlopsc.targets.kubernetes import shared
from mlopsc.targets.kubernetes.folders import Folders
from mlopsc.targets.kubernetes.overlay import TAG, Overlay
from mlopsc.targets.offered import packages

SECTIONS: tuple[str, ...] = ()
SUMMARY = "kubernetes/: base and an overlay for each environment with a cluster (kustomize)"

_AT = ("deployment",)
_PROGRAM = "ops/manifests.py"


def offers(model: Model) -> Iterator[Symbol]:
    """Bring the objects, and the command that shows them."""
    places = _places(model)
    if not places:
        return
    yield from packages(("pyyaml",), _AT)
    yield Command("manifests", (_PROGRAM,), "Show what make deploy applies for VERSION=7", at=_AT)
    found: dict[str, list[str]] = {}
    brought = {each: at for place in places for each, at in place.objects}
    for place in places:
        for each, _ in place.objects:
            found.setdefault(each, []).append(place.environment)
    for each, environments in found.items():
        yield KubernetesObject(each, tuple(environments), at=brought[each])
    known = {e.environment: {"environment": e.environment, "overlay": e.folder, "tag": TAG} for e in places}
    yield Setting("manifests", instead=known, at=_AT)
    told = tuple(dict.fromkeys(_words(model, places)))
    yield Note("Kubernetes", tuple(each for each in told if isinstance(each, str)), at=_AT)
    if code := tuple(each for each in told if isinstance(each, tuple)):
        yield Note("Rollouts by hand", code=code, at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the manifests."""
    places = _places(model)
    if not places:
        return
    folders, needs = Folders(each.provider.FOLDERS for each in places), (Need(Program, _PROGRAM, _AT),)
    for path, template, values in shared.files(model, folders):
        yield File(f"kubernetes/{path}", Template(template, values), needs=needs, at=_AT)
    for place in places:
        for part in place.files(folders):
            path, content = f"{place.folder}/{part.name}.yaml", Template(part.template, part.values)
            yield File(path, content, at=("environments", place.environment))


def _places(model: Model) -> tuple[Overlay, ...]:
    """Return the overlays: one for each environment whose cluster takes versions one after another."""
    if not model.deploys:
        return ()
    found = ((each, each.deployment, each.service) for each in model.environments)
    return tuple(
        Overlay(model, each.name, each.cost_center, delivery, delivery.cluster, service)
        for each, delivery, service in found
        if delivery and delivery.cluster and service
    )


def _words(model: Model, places: tuple[Overlay, ...]) -> Iterator[str | tuple[str, str]]:
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
