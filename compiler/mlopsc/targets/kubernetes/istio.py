"""Istio: the weights of a VirtualService, between two subsets of one Service."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlopsc.targets.kubernetes import mesh, tracks
from mlopsc.targets.kubernetes.hands import gitops, kubectl
from mlopsc.targets.kubernetes.provider import Part
from mlopsc.targets.kubernetes.rights import Right, rights
from mlopsc.targets.kubernetes.tracks import ALWAYS_SCALED, FOLDERS, TRACK, workload

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay

__all__ = ["ALWAYS_SCALED", "FOLDERS", "TRACK", "parts", "words", "workload"]


def parts(place: "Overlay") -> Iterator[Part]:
    """Yield both subsets, the one route that shares the traffic between them, and who may move it."""
    name, values = place.name, {"name": place.name}
    # In this order: a route to a subset that a proxy has not heard of is answered with 503.
    yield Part("destinationrule", "istio/destinationrule.yaml", values, (f"DestinationRule/{name}",))
    yield Part("virtualservice", "istio/virtualservice.yaml", values, (f"VirtualService/{name}",))
    route = Right("networking.istio.io", "virtualservices", ("get", "patch"), (name,))
    yield rights(place, (route, tracks.deployments(name)))
    yield from mesh.parts(place, mesh.ISTIO)


def words(place: "Overlay") -> Iterator[str | tuple[str, str]]:
    """Yield what a mesh asks of its callers, and how to move the weights by hand."""
    name = place.name
    yield from mesh.words(place)
    yield from tracks.words(place)
    shown = "--output=jsonpath='{.spec.http[*].route[*].weight}'"
    yield f"The weights in {place.environment}", kubectl(place, f"get virtualservice {name} {shown}")
    patch = ", ".join(_weight(index, weight) for index, weight in enumerate((100, 0)))
    command = kubectl(place, f"patch virtualservice {name} --type=json --patch='[{patch}]'")
    yield f"All of {place.environment} to stable, where no rollout runs any more", command
    yield from gitops(place, ("networking.istio.io", "VirtualService", ".spec.http[].route[].weight"))


def _weight(index: int, weight: int) -> str:
    return f'{{"op": "replace", "path": "/spec/http/0/route/{index}/weight", "value": {weight}}}'
