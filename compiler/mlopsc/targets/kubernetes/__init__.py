"""Kubernetes: the objects around the service, as a base with overlays, or as a Helm chart with values."""

from collections.abc import Iterator

from mlopsc.files import File, Template
from mlopsc.model import Model
from mlopsc.symbols import Command, KubernetesObject, Need, Note, Program, Setting, Symbol, Table
from mlopsc.targets.kubernetes import adapter, helm, shared
from mlopsc.targets.kubernetes.chart import Chart
from mlopsc.targets.kubernetes.folders import Folders
from mlopsc.targets.kubernetes.overlay import TAG, Overlay
from mlopsc.targets.offered import packages

SECTIONS: tuple[str, ...] = ()
SUMMARY = (
    "kubernetes/: base and an overlay for each environment with a cluster; or helm/: a chart with values"
)

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
    yield Setting("manifests", instead={each.environment: _found(each) for each in places}, at=_AT)
    told = tuple(dict.fromkeys(_words(model, places)))
    yield Note("Kubernetes", tuple(each for each in told if isinstance(each, str)), at=_AT)
    if code := tuple(each for each in told if isinstance(each, tuple)):
        yield Note("Rollouts by hand", code=code, at=_AT)
    if charted := _packaged(places, "helm"):
        yield helm.note(Chart(model, charted))


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the manifests."""
    needs = (Need(Program, _PROGRAM, _AT),)
    if scaled := adapter.metrics(_places(model)):
        rules = Template(adapter.TEMPLATE, adapter.values(scaled))
        yield File(adapter.FILE, rules, at=("serving", "replicas", "metric"))
    if charted := _packaged(_places(model), "helm"):
        for path, content, at in helm.files(Chart(model, charted)):
            yield File(path, content, needs=needs, at=at)
    places = _packaged(_places(model), "kustomize")
    if not places:
        return
    folders = Folders(each.provider.FOLDERS for each in places)
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


def _packaged(places: tuple[Overlay, ...], packaging: str) -> tuple[Overlay, ...]:
    return tuple(place for place in places if place.delivery.packaging == packaging)


def _found(place: Overlay) -> dict[str, str]:
    """Return where ops/manifests.py finds the objects of an environment."""
    known = {"environment": place.environment, "tag": TAG}
    if place.delivery.packaging == "helm":
        return {
            **known,
            "chart": helm.FOLDER,
            "values": helm.values_file(place),
            "namespace": place.cluster.namespace,
        }
    return {**known, "overlay": place.folder}


def _words(model: Model, places: tuple[Overlay, ...]) -> Iterator[str | tuple[str, str]]:
    for each in places:
        where = f"context {each.cluster.context}, namespace {each.cluster.namespace}"
        yield f"{each.environment}: {where}, {each.copies}."
    kinds = {"kustomize": "overlay", "helm": "chart"}
    used = " or ".join(word for kind, word in kinds.items() if _packaged(places, kind))
    yield f"make deploy applies the environment's {used} with the version's image, and waits for the rollout."
    yield "It refuses a Deployment with the label of another environment, and brings back what fails."
    yield f"By itself it has the tag {TAG}: no image has it, so that none runs by accident."
    yield "By hand: make manifests VERSION=7 prints what to pipe into kubectl apply --server-side -f -."
    if _packaged(places, "kustomize"):
        yield "GitOps: a kustomization of your own with the overlay as resource, and `images` with the tag."
    yield "Nodes are drained one pod at a time; a single pod is away until the next one is ready."
    for each in places:
        yield from each.words()
    yield f"Asked within the cluster at http://{model.name}.<namespace>; an Ingress or a Gateway is yours."
