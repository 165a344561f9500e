"""KServe: an InferenceService with the image of the service; our own controller moves its traffic.

standard   Deployments behind an HTTPRoute; a version on trial is an entry of spec.canary[], and is promoted
           by giving its name to spec.predictor, without a restart (KServe 0.20)
knative    revisions of a Knative Service; a version on trial is the latest one, and gets canaryTrafficPercent

Neither stands in the manifests: an InferenceService that is applied anew asks for no canary.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mlopsc.model import Replicas
from mlopsc.targets.kubernetes.provider import Part, Workload
from mlopsc.targets.kubernetes.shared import pods

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay

FOLDERS: tuple[str, ...] = ()
# Knative has no downward API by default; metrics have the version, by which a canary is told apart.
TRACK = ""
ALWAYS_SCALED = False
_ANNOTATION = "serving.kserve.io"
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
        **_scaling(place, knative),
        "knative": knative,
        "standard": not knative,
    }
    yield Part("inferenceservice", "kserve/inferenceservice.yaml", values, (f"InferenceService/{name}",))
    budget = (f"PodDisruptionBudget/{name}",)
    yield Part("poddisruptionbudget", "base/poddisruptionbudget.yaml", {"name": name}, budget)
    yield Part("names", "kserve/names.yaml", {}, tells=True)
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


def _scaling(place: "Overlay", knative: bool) -> dict[str, Any]:
    replicas = place.service.replicas
    said = {"deploymentMode": "Knative" if knative else "Standard"}
    if not knative:
        said["autoscalerClass"] = _class(replicas)
    rows = [{"name": f"{_ANNOTATION}/{key}", "value": value} for key, value in said.items()]
    if knative and replicas.scaled:
        # Knative's own autoscaler counts requests; the processor is watched by Kubernetes' one.
        rows.append({"name": "autoscaling.knative.dev/class", "value": "hpa.autoscaling.knative.dev"})
    return {
        "modes": rows,
        "low": replicas.low,
        "high": replicas.high,
        "percent": round(replicas.target * 100) if replicas.scaled and replicas.metric == "cpu" else 0,
        "keda": _keda(place) if replicas.scaled and replicas.metric == "gpu_memory" else {},
    }


def _class(replicas: Replicas) -> str:
    if not replicas.scaled:
        return "none"
    return "keda" if replicas.metric == "gpu_memory" else "hpa"


def _keda(place: "Overlay") -> dict[str, str]:
    """Return what KEDA asks: the share of the GPUs' memory that all pods of the service use."""
    rollout = place.delivery.rollout
    pod = f'{{namespace="{place.cluster.namespace}", pod=~"{place.name}-.*"}}'
    used, free = f"sum(DCGM_FI_DEV_FB_USED{pod})", f"sum(DCGM_FI_DEV_FB_FREE{pod})"
    return {
        "server": rollout.prometheus if rollout else "",
        "query": f"{used} / ({used} + {free})",
        "level": f"{place.service.replicas.target:g}",
    }
