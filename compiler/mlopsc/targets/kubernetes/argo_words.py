"""What the runbook says of Argo Rollouts."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlopsc.targets.kubernetes import mesh
from mlopsc.targets.kubernetes.hands import OPTIONS, kubectl

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay


def words(place: "Overlay") -> Iterator[str | tuple[str, str]]:
    """Yield what it asks of the cluster, what it does by itself, and how to see and end it."""
    rollout, name = place.delivery.rollout, place.name
    if rollout is None:
        return
    yield from mesh.words(place, "the controller of Argo Rollouts")
    yield f"{place.environment} needs Argo Rollouts 1.9 and Istio."
    yield (
        f"Its controller judges each step by the AnalysisTemplates {place.name}-*, at {rollout.prometheus},"
        " and promotes or aborts by itself; an aborted Rollout is Degraded, and serves the version before."
    )
    yield (
        "GitOps resets the weights and the subsets in the middle of a rollout: Argo CD is told to leave them"
        " alone."
    )
    group = "group: networking.istio.io"
    routes = f"{{{group}, kind: VirtualService, jqPathExpressions: [.spec.http]}}"
    subsets = f"{{{group}, kind: DestinationRule, jqPathExpressions: [.spec.subsets]}}"
    where = f"Argo CD, in the spec of the Application of {place.environment}"
    yield where, f"ignoreDifferences: [{routes}, {subsets}]"
    yield "Argo CD, beside it", OPTIONS
    shown = "--output=jsonpath='{.status.phase} {.status.message} {.status.canary.weights.canary.weight}'"
    yield f"A rollout in {place.environment}", kubectl(place, f"get rollouts.argoproj.io {name} {shown}")
    abort = '--subresource=status --type=merge --patch=\'{"status": {"abort": true}}\''
    yield f"End it in {place.environment}", kubectl(place, f"patch rollouts.argoproj.io {name} {abort}")
