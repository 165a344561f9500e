"""Gateway API: the weights of an HTTPRoute that belongs to the Service itself, as meshes read it (GAMMA)."""

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

_ABOUT = "Istio's ports; a mesh of another kind needs others, in a policy of yours beside this one."


def parts(place: "Overlay") -> Iterator[Part]:
    """Yield a Service for each track, the one rule that shares the traffic, and who may move it."""
    name = place.name
    values = {"name": name, "stable": f"{name}-stable", "canary": f"{name}-canary"}
    tracked = [{"name": f"{name}-{track}", "track": track} for track in tracks.TRACKS]
    objects = tuple(f"Service/{each['name']}" for each in tracked)
    yield Part("services", "gateway-api/services.yaml", {"pods": name, "tracks": tracked}, objects)
    yield Part("httproute", "gateway-api/httproute.yaml", values, (f"HTTPRoute/{name}",))
    route = Right("gateway.networking.k8s.io", "httproutes", ("get", "patch"), (name,))
    yield rights(place, (route, tracks.deployments(name)))
    yield from mesh.parts(place, _ABOUT)


def words(place: "Overlay") -> Iterator[str | tuple[str, str]]:
    """Yield what a mesh asks of its callers, and how to move the weights by hand."""
    name = place.name
    yield (
        f"{place.environment}: an HTTPRoute of a Service is read by meshes (GAMMA): Istio, Linkerd, Cilium, "
        "Kuma. The policy of the network knows Istio's ports."
    )
    yield from mesh.words(place)
    yield from tracks.words(place)
    shown = "--output=jsonpath='{.spec.rules[*].backendRefs[*].weight}'"
    yield f"The weights in {place.environment}", kubectl(place, f"get httproute {name} {shown}")
    patch = ", ".join(_weight(index, weight) for index, weight in enumerate((100, 0)))
    command = kubectl(place, f"patch httproute {name} --type=json --patch='[{patch}]'")
    yield f"All of {place.environment} to stable, where no rollout runs any more", command
    yield from gitops(place, ("gateway.networking.k8s.io", "HTTPRoute", ".spec.rules[].backendRefs[].weight"))


def _weight(index: int, weight: int) -> str:
    return f'{{"op": "replace", "path": "/spec/rules/0/backendRefs/{index}/weight", "value": {weight}}}'
