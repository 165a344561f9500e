"""No mesh: pods of both tracks share the traffic of one Service evenly, and so by their number."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlopsc.targets.kubernetes import tracks
from mlopsc.targets.kubernetes.hands import gitops, kubectl
from mlopsc.targets.kubernetes.provider import Part
from mlopsc.targets.kubernetes.rights import rights
from mlopsc.targets.kubernetes.tracks import ALWAYS_SCALED, FOLDERS, TRACK, workload

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay

__all__ = ["ALWAYS_SCALED", "FOLDERS", "TRACK", "parts", "words", "workload"]


def parts(place: "Overlay") -> Iterator[Part]:
    """Yield who may ask for canaries: there is nothing else to move."""
    yield rights(place, (tracks.deployments(place.name),))


def words(place: "Overlay") -> Iterator[str | tuple[str, str]]:
    """Yield what a share of pods is, and is not."""
    name, rollout = place.name, place.delivery.rollout
    for share, pods in zip(rollout.steps, rollout.pods, strict=True) if rollout else ():
        yield (
            f"{place.environment}: {pods} canary pods beside {place.service.replicas.low} are "
            f"{share * 100:.3g}% of the traffic, as far as callers open connections anew: one that is kept "
            "open stays with its pod."
        )
    yield from tracks.words(place)
    command = kubectl(place, f"scale deployment {name}-canary --replicas=0")
    yield f"All of {place.environment} to stable, where no rollout runs any more", command
    yield from gitops(place)
