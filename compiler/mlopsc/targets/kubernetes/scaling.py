"""The autoscaler of one environment: by processor, by memory of GPUs, or by a metric of the user's own."""

from typing import Any

from mlopsc.model import Replicas, Rollout
from mlopsc.targets.kubernetes.provider import Workload

# DCGM's exporter measures both of each pod; Prometheus and its adapter make a metric of the pods of them.
GPU_MEMORY = "DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE)"


# What Kubernetes takes if nothing is said, and the most that it allows.
_PATIENCE, _MOST_PATIENCE = 300, 3600


def patience(rollout: Rollout) -> int:
    """Return for how many seconds pods are kept that a canary relieves: a rollback needs them at once."""
    return min(_MOST_PATIENCE, max(_PATIENCE, rollout.deadline))


def autoscaler(name: str, target: Workload, replicas: Replicas, rollout: Rollout | None) -> dict[str, Any]:
    """Return what stands in an autoscaler of a name."""
    source = GPU_MEMORY if replicas.metric == "gpu_memory" else "of your own"
    return {
        "name": name,
        "target": {"api": target.api, "kind": target.kind, "name": target.name},
        "low": replicas.low,
        "high": replicas.high,
        "percent": round(replicas.target * 100) if replicas.metric == "cpu" else 0,
        "metric": replicas.metric,
        "level": _quantity(replicas.target),
        "patience": patience(rollout) if rollout else 0,
        "source": f"prometheus-adapter serves it as a metric of pods: {source}.",
    }


def _quantity(level: float) -> str:
    """Return a level as a Kubernetes quantity, exact to a thousandth: 0.7 is `700m`."""
    thousandths = round(level * 1000)
    return f"{thousandths}m" if thousandths % 1000 else str(thousandths // 1000)
