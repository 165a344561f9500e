"""The table of providers: who shifts traffic to a version in a cluster."""

from mlopsc.model import Delivery
from mlopsc.targets.kubernetes import gateway, istio, ratio, rolling
from mlopsc.targets.kubernetes.provider import Provider

PROVIDERS: dict[str, Provider] = {"gateway-api": gateway, "istio": istio, "none": ratio}


def provider(delivery: Delivery) -> Provider:
    """Return who brings a version into service; a rolling update is what Kubernetes does by itself."""
    return PROVIDERS.get(delivery.rollout.provider, rolling) if delivery.rollout else rolling
