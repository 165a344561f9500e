"""Istio: the weights of a VirtualService, between two subsets of one Service."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlopsc.targets.kubernetes.provider import Part
from mlopsc.targets.kubernetes.tracks import FOLDERS, TRACK, workload

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay

__all__ = ["ALWAYS_SCALED", "FOLDERS", "TRACK", "parts", "words", "workload"]

ALWAYS_SCALED = False


def parts(place: "Overlay") -> Iterator[Part]:
    """Yield both subsets, and the one route that shares the traffic between them."""
    name = place.name
    values = {"name": name}
    # In this order: a route to a subset that a proxy has not heard of is answered with 503.
    yield Part("destinationrule", "istio/destinationrule.yaml", values, (f"DestinationRule/{name}",))
    yield Part("virtualservice", "istio/virtualservice.yaml", values, (f"VirtualService/{name}",))


def words(_place: "Overlay") -> Iterator[str]:
    """Yield what a mesh asks of its callers."""
    yield from ()
