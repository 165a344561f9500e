"""How an InferenceService is scaled: by Kubernetes' autoscaler, by KEDA, or not at all."""

from typing import TYPE_CHECKING, Any

from mlopsc.model import Replicas

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay

_ANNOTATION = "serving.kserve.io"


def scaling(place: "Overlay", knative: bool) -> dict[str, Any]:
    """Return who scales, between what, and by which figure."""
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
