"""Where a version runs: on a host, in a cluster at once, or in a cluster step by step."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

import release
from cluster import Cluster
from host import Host

if TYPE_CHECKING:
    from course import Course

# Who brings a controller of their own; the traffic of all others is shifted by ours.
THEIRS = {"argo-rollouts": ("argo_rollouts", "ArgoRollouts"), "flagger": ("flagger", "Flagger")}
OURS = ("canary", "Canary")


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


class Stepwise(Place, Protocol):
    """Where a version comes step by step."""

    def course(self) -> Course:
        """Return how far the rollout is, or how the last one has ended."""

    def begin(self, number: str) -> tuple[str, list[str]]:
        """Begin a rollout, or go on with it; return `running`, or `done` without steps, and what to say."""

    def follow(self, number: str) -> tuple[str, list[str]]:
        """Say each decision as it comes; return `done`, `rolled back` or `running`, and what to say."""

    def outcome(self, course: Course) -> tuple[str, list[str]]:
        """Return what became of a rollout: `done`, `rolled back` or `running`, and what to say."""

    def until(self, course: Course) -> float:
        """Return when a rollout that runs has ended at the latest, in seconds since 1970."""

    def abort(self, reason: str) -> tuple[str, list[str]]:
        """Take a rollout back now; return the version that serves, and what to say."""


def place(config: dict[str, Any]) -> Place:
    """Return where the environment's versions run."""
    if "rollout" in config:
        return stepwise(config)
    images, there = release.images(config), release.delivery(config)
    if cluster := there.get("cluster"):
        return Cluster(images, cluster, config["manifests"])
    return Host(images, there.get("predictions", ""))


def stepwise(config: dict[str, Any]) -> Stepwise:
    """Return where the environment's versions come step by step."""
    images, there, rollout = release.images(config), release.delivery(config), config["rollout"]
    module, name = THEIRS.get(rollout["provider"], OURS)
    # There only where some environment has a rollout.
    found = getattr(import_module(module), name)
    return cast("Stepwise", found(images, there["cluster"], config["manifests"], rollout))
