"""Flagger: a Canary tells it what to do; it makes the primary pods, Services, routes and weights itself.

Flagger acts at ticks, one interval apart: each moves the weights by one step if the checks at the weights
before passed (flagger, pkg/controller/scheduler.go, advanceCanary). So an interval is a hold, and a check
looks back at it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mlopsc.model import Rollout
from mlopsc.targets.kubernetes import mesh
from mlopsc.targets.kubernetes.figures import Asked, Figure, number, percent
from mlopsc.targets.kubernetes.flagger_words import interval_seconds, words
from mlopsc.targets.kubernetes.provider import Part, Workload

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay

__all__ = ["ALWAYS_SCALED", "FOLDERS", "TRACK", "parts", "words", "workload"]

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
