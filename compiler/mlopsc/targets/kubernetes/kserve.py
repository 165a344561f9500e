"""KServe: an InferenceService with the image of the service; our own controller moves its traffic.

standard   Deployments behind an HTTPRoute; a version on trial is an entry of spec.canary[], and is promoted
           by giving its name to spec.predictor, without a restart (KServe 0.20)
knative    revisions of a Knative Service; a version on trial is the latest one, and gets canaryTrafficPercent

Neither stands in the manifests: an InferenceService that is applied anew asks for no canary.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlopsc.targets.kubernetes.kserve_scaling import scaling
from mlopsc.targets.kubernetes.provider import Part, Workload
from mlopsc.targets.kubernetes.rights import Right, rights
from mlopsc.targets.kubernetes.shared import pods

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay

FOLDERS: tuple[str, ...] = ()
# Knative has no downward API by default; metrics have the version, by which a canary is told apart.
TRACK = ""
ALWAYS_SCALED = False
# The proxy of Knative takes the requests, and is asked how many there are; the last is the service itself.
_KNATIVE_PORTS = (8012, 9090, 8080)


def workload(name: str) -> Workload:
    """Return the InferenceService, which has an autoscaler of its own."""
    return Workload("serving.kserve.io/v1beta1", "InferenceService", name)


def parts(place: "Overlay") -> Iterator[Part]:
    """Yield the InferenceService and the budget of its pods."""
    name, rollout = place.name, place.delivery.rollout
    if rollout is None:
        return
    knative = rollout.mode == "knative"
    values = {
        **pods(place.model),
        **place.pods(),
        **scaling(place, knative),
        "knative": knative,
        "standard": not knative,
    }
    yield Part("inferenceservice", "kserve/inferenceservice.yaml", values, (f"InferenceService/{name}",))
    budget = (f"PodDisruptionBudget/{name}",)
    yield Part("poddisruptionbudget", "base/poddisruptionbudget.yaml", {"name": name}, budget)
    yield Part("names", "kserve/names.yaml", {}, tells=True)
    yield rights(place, (Right("serving.kserve.io", "inferenceservices", ("get", "patch"), (name,)),))
    if knative:
        yield Part(
            "networkpolicy-knative",
            "kserve/ports.yaml",
            {"name": name, "ports": _KNATIVE_PORTS},
            patches="NetworkPolicy",
        )


def words(place: "Overlay") -> Iterator[str]:
    """Yield what it asks of the cluster, and where callers find the service."""
    rollout = place.delivery.rollout
    if rollout is None:
        return
    mode = "Knative" if rollout.mode == "knative" else "the Gateway API (enableGatewayApi)"
    yield f"{place.environment} needs KServe 0.20 with {mode}; callers use the InferenceService's status.url."
    if place.service.replicas.metric == "gpu_memory" and place.service.replicas.scaled:
        yield (
            f"{place.environment} scales on memory of GPUs by KEDA, from what DCGM's exporter tells"
            " Prometheus of each pod (scraped with honorLabels: true)."
        )
    yield "A caller may meet both versions during a rollout: shares know no sessions."
