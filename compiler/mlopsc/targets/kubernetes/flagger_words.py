"""When Flagger acts, and what the runbook says of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlopsc.model import Rollout
from mlopsc.model.delivery import SETTLE_SECONDS
from mlopsc.targets.kubernetes import mesh
from mlopsc.targets.kubernetes.hands import kubectl

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay


def interval_seconds(rollout: Rollout) -> int:
    """Return the seconds from one tick to the next: what settles, and a hold."""
    return SETTLE_SECONDS + (rollout.hold or rollout.shadow)


def words(place: "Overlay") -> Iterator[str | tuple[str, str]]:
    """Yield what it asks of the cluster, what it does by itself, and how to see and end it."""
    rollout, name = place.delivery.rollout, place.name
    if rollout is None:
        return
    yield from mesh.words(place, "Flagger")
    interval, steps = interval_seconds(rollout), len(rollout.steps) or 2
    yield f"{place.environment} needs Flagger 1.44 and Istio."
    yield (
        f"Flagger acts every {interval} s: a version is seen, brought up, held {steps} times and promoted"
        f" within {(steps + 5) * interval // 60} minutes; a failed check is acted on {interval} s later."
    )
    yield (
        f"Deployment/{place.name} is the version on trial, and has no pods between rollouts;"
        f" Deployment/{place.name}-primary serves. Services and routes are Flagger's: never apply your own."
    )
    yield f"Prometheus must scrape the pods of both: app.kubernetes.io/part-of={place.name} selects them."
    shown = "--output=jsonpath='{.status.phase} {.status.canaryWeight} {.status.failedChecks}'"
    yield f"A rollout in {place.environment}", kubectl(place, f"get canaries.flagger.app {name} {shown}")
    abort = '--subresource=status --type=merge --patch=\'{"status": {"failedChecks": 1000}}\''
    yield (
        f"End it in {place.environment}, at the next tick",
        kubectl(place, f"patch canaries.flagger.app {name} {abort}"),
    )
