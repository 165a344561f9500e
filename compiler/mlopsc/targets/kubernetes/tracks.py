"""What our own controller moves: pods of two tracks, stable and canary, under one Service."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlopsc.targets.kubernetes.hands import kubectl
from mlopsc.targets.kubernetes.provider import Workload
from mlopsc.targets.kubernetes.rights import Right
from mlopsc.targets.kubernetes.scaling import patience

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay

FOLDERS = ("service", "stable", "canary")
TRACK = "metadata.labels['track']"
ALWAYS_SCALED = False
TRACKS = ("stable", "canary")


def workload(name: str) -> Workload:
    """Return the stable pods: the spec's number is theirs, and a controller asks for canaries."""
    return Workload("apps/v1", "Deployment", f"{name}-stable")


def deployments(name: str) -> Right:
    """Return what it takes to scale canaries, and to give stable pods the canary's image."""
    return Right("apps", "deployments", ("get", "patch"), tuple(f"{name}-{track}" for track in TRACKS))


def words(place: "Overlay") -> Iterator[str | tuple[str, str]]:
    """Yield how to see a rollout, and how to end it."""
    name, where = place.name, place.environment
    yield (
        f"{where}: {name}-stable serves; {name}-canary has pods only while a rollout runs, and make rollback "
        "ends one within seconds. A pod of its own moves the shares, and goes on when it is killed; its "
        f"rights are those of the ServiceAccount {name}-rollout."
    )
    rollout = place.delivery.rollout
    if rollout and place.scaled and rollout.deadline > patience(rollout):
        yield (
            f"{where}: a rollout may last longer than the hour for which the autoscaler keeps stable pods "
            "that a canary relieves: replicas.min should carry what a rollback brings back."
        )
    logs = f"logs --selector=app.kubernetes.io/name={name}-rollout --tail=-1 --follow"
    yield f"What a rollout in {where} decided", kubectl(place, logs)
    state = "--output=jsonpath='{.metadata.annotations.mlops/rollout}'"
    yield f"Its state in {where}", kubectl(place, f"get lease {name}-rollout {state}")
    abort = f"annotate lease {name}-rollout mlops/abort='errors seen' --overwrite"
    yield f"End it in {where}", kubectl(place, abort)
