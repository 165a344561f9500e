"""Where a version comes step by step, whoever shifts the traffic."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, cast

import release
from course import Course
from places import Place

# Whose workloads are their own; those of all others are two Deployments.
THEIRS = {
    "argo-rollouts": ("argo_rollouts", "ArgoRollouts"),
    "flagger": ("flagger", "Flagger"),
    "kserve": ("inference", "Inference"),
}
OURS = ("canary", "Canary")


class Stepwise(Place, Protocol):
    """Where a version comes step by step."""

    def course(self) -> Course:
        """Return how far the rollout is, or how the last one has ended."""

    def begin(self, number: str) -> tuple[str, list[str]]:
        """Begin a rollout, or go on with it; return `running`, or `done` without steps, and what to say."""

    def follow(self, number: str) -> tuple[str, list[str]]:
        """Say each decision as it comes; return `done`, `keep`, `rolled back` or `running`, and words."""

    def outcome(self, course: Course) -> tuple[str, list[str]]:
        """Return what became of a rollout: `done`, `keep`, `rolled back` or `running`, and words."""

    def until(self, course: Course) -> float:
        """Return when a rollout that runs has ended at the latest, in seconds since 1970."""

    def decide(self, version: str, verdict: str, why: str) -> None:
        """Say how the A/B test of a version has ended; raise ValueError where none of it runs."""

    def abort(self, reason: str) -> tuple[str, list[str]]:
        """Take a rollout back now; return the version that serves, and what to say."""


def stepwise(config: dict[str, Any]) -> Stepwise:
    """Return where the environment's versions come step by step."""
    images, there, rollout = release.images(config), release.delivery(config), config["rollout"]
    module, name = THEIRS.get(rollout["provider"], OURS)
    # Only those are there that some environment asks for.
    found = getattr(import_module(module), name)
    return cast("Stepwise", found(images, there["cluster"], config["manifests"], rollout))
