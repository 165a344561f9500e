"""Which pods Prometheus reads where a version gets its traffic step by step, and at which ports."""

from typing import Any

from mlopsc.model import Rollout


def pods(name: str, rollout: Rollout) -> dict[str, Any]:
    """Return the names (`app.kubernetes.io/name`) of the pods to read, and the names of their ports.

    Pods, not Services: some providers have several Services lead to one pod, whose requests would count
    twice, and Flagger's own have labels that nobody else knows.
    """
    primary = [f"{name}-primary"] if rollout.provider == "flagger" else []
    controller = [f"{name}-rollout"] if rollout.controlled else []
    return {
        "model": name,
        "pods": [name, *primary, *controller],
        "ports": ["http1" if rollout.mode == "knative" else "http", *(["http-metrics"] * rollout.controlled)],
    }
