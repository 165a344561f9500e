"""What our own controller moves: pods of two tracks, stable and canary."""

from mlopsc.targets.kubernetes.provider import Workload

FOLDERS = ("service", "stable", "canary")
TRACK = "metadata.labels['track']"


def workload(name: str) -> Workload:
    """Return the stable pods: the spec's number is theirs, and a controller asks for canaries."""
    return Workload("apps/v1", "Deployment", f"{name}-stable")
