"""Where a version runs: on a host, in a cluster at once, or in a cluster step by step."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol

import release
from cluster import Cluster
from host import Host


class Place(Protocol):
    """Where a version runs."""

    def version(self) -> str:
        """Return the version in service; empty when there is none."""

    def deploy(self, number: str) -> list[str]:
        """Put a version into service at once; return what to say."""

    def back(self, number: str) -> tuple[str, list[str]]:
        """Bring back what ran before; return the version that runs now, and what to say."""

    def ready(self) -> str:
        """Return why the service is not ready; empty when it is."""

    def ask(self, body: bytes, count: int) -> tuple[int, str]:
        """Send requests; return how many failed, and what to say of them."""


def place(config: dict[str, Any]) -> Place:
    """Return where the environment's versions run."""
    if "rollout" in config:
        # There only where some environment has a rollout.
        found: Place = import_module("stepped").stepwise(config)
        return found
    images, there = release.images(config), release.delivery(config)
    if cluster := there.get("cluster"):
        return Cluster(images, cluster, config["manifests"])
    return Host(images, there.get("predictions", ""))
