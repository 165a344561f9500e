"""Flagger: a Canary tells it what to do; it makes the primary pods, Services, routes and weights itself.

Flagger acts at ticks, one interval apart: each moves the weights by one step if the checks at the weights
before passed (flagger, pkg/controller/scheduler.go, advanceCanary). So an interval is a hold, and a check
looks back at it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mlopsc.model import Rollout
from mlopsc.targets.kubernetes import mesh
from mlopsc.targets.kubernetes.figures import SETTLE_SECONDS, Asked, Figure, number, percent
from mlopsc.targets.kubernetes.hands import kubectl
from mlopsc.targets.kubernetes.provider import Part, Workload

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay

FOLDERS = ("pods",)
# The primary's pods have `-primary` behind it: Flagger renames the label by which it selects.
TRACK = "metadata.labels['app.kubernetes.io/name']"
# Flagger scales the canary to zero and copies the autoscaler; a number would be fought over.
ALWAYS_SCALED = True
_READY_SECONDS = 300


def workload(name: str) -> Workload:
    """Return the Deployment that Flagger watches and copies."""
    return Workload("apps/v1", "Deployment", name)


def parts(place: "Overlay") -> Iterator[Part]:
    """Yield the Canary, what it asks Prometheus, and selectors that find the primary's pods too."""
    name, rollout = place.name, place.delivery.rollout
    if rollout is None:
        return
    asked = Asked(
        {"model": name, "environment": place.environment, "track": "{{ target }}"}, "{{ interval }}"
    )
    found = tuple(asked.figures(rollout))
    for each in found:
        values = {
            "name": f"{name}-{each.name}",
            "prometheus": rollout.prometheus,
            "query": asked.share(each, rollout.min_requests),
        }
        template, objects = "flagger/metrictemplate.yaml", (f"MetricTemplate/{name}-{each.name}",)
        yield Part(f"metrictemplate-{each.name}", template, values, objects)
    yield Part("canary", "flagger/canary.yaml", _canary(name, rollout, found), (f"Canary/{name}",))
    yield from mesh.parts(place, mesh.ISTIO)
    both = {"name": name, "both": [name, f"{name}-primary"]}
    for kind, shape in (("NetworkPolicy", "podselector"), ("PodDisruptionBudget", "selector")):
        yield Part(f"{kind.lower()}-primary", f"flagger/{shape}.yaml", both, patches=kind)


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


def interval_seconds(rollout: Rollout) -> int:
    """Return the seconds from one tick to the next: what settles, and a hold."""
    return SETTLE_SECONDS + (rollout.hold or rollout.shadow)


def _canary(name: str, rollout: Rollout, figures: tuple[Figure, ...]) -> dict[str, Any]:
    return {
        "name": name,
        "ready_seconds": _READY_SECONDS,
        "interval": f"{interval_seconds(rollout)}s",
        "window": f"{rollout.hold or rollout.shadow}s",
        "weights": [percent(step) for step in rollout.steps],
        "mirrors": bool(rollout.shadow),
        "metrics": [
            {"name": each.name, "template": f"{name}-{each.name}", "most": float(number(each.limit))}
            for each in figures
        ],
    }
