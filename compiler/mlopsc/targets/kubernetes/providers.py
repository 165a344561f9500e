"""The table of providers: who shifts traffic to a version in a cluster."""

from mlopsc.model import Delivery
from mlopsc.targets.kubernetes import argo_rollouts, flagger, gateway, istio, kserve, ratio, rolling
from mlopsc.targets.kubernetes.provider import Provider

PROVIDERS: dict[str, Provider] = {
    "argo-rollouts": argo_rollouts,
    "flagger": flagger,
    "gateway-api": gateway,
    "istio": istio,
    "kserve": kserve,
    "none": ratio,
}


def provider(delivery: Delivery) -> Provider:
    """Return who brings a version into service; a rolling update is what Kubernetes does by itself."""
    return PROVIDERS.get(delivery.rollout.provider, rolling) if delivery.rollout else rolling
