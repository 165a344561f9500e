"""Argo Rollouts: a Rollout in place of the Deployment; its own controller takes the steps.

Its status is read only where it is about what was applied (argoproj.github.io/rollouts: the status names
the generation that it has seen).
"""

from __future__ import annotations

import json
from typing import Any

from course import ENDED, PROMOTED, TAKEN_BACK, Course
from manifests import Object, container
from traffic import traffic
from watched import Watched

HASH = "rollouts-pod-template-hash"


class ArgoRollouts(Watched):
    """The service as a Rollout."""

    KIND = "rollouts.argoproj.io"
    THEIRS = ("VirtualService", "DestinationRule")

    def course(self) -> Course:
        """Return how far the Rollout is."""
        found = self.kubectl.found(self.KIND, self.name)
        if found is None:
            return Course()
        version, status = self.images.version(container(found)["image"]), found.get("status", {})
        if str(status.get("observedGeneration", "")) != str(found["metadata"].get("generation", "")):
            return Course(version, "requested")
        share = status.get("canary", {}).get("weights", {}).get("canary", {}).get("weight", 0) / 100
        if status.get("abort") or status.get("phase") == "Degraded":
            return Course(version, ENDED, verdict=TAKEN_BACK, reason=status.get("message", ""))
        if status.get("phase") == "Healthy" and status.get("stableRS") == status.get("currentPodHash"):
            return Course(version, ENDED, verdict=PROMOTED)
        return Course(version, f"step {status.get('currentStepIndex', 0)}", share, lines=_lines(status))

    def serving(self) -> str:
        """Return the image of the pods that are stable."""
        stable = self._status().get("stableRS")
        if not stable:
            return ""
        selector = f"app.kubernetes.io/name={self.name},{HASH}={stable}"
        found = json.loads(self.kubectl.say("get", "replicasets", f"--selector={selector}", "--output=json"))[
            "items"
        ]
        named = [each for each in found[:1] for each in each["spec"]["template"]["spec"]["containers"]]
        return next((str(each["image"]) for each in named if each["name"] == self.name), "")

    def pods(self) -> str:
        """Return a selector of the pods that are stable."""
        return f"app.kubernetes.io/name={self.name},{HASH}={self._status().get('stableRS', '')}"

    def complaint(self) -> str:
        """Return why the Rollout is not healthy; empty when it is."""
        found = self.kubectl.found(self.KIND, self.name)
        if found is None:
            return f"there is no Rollout {self.name}"
        status = found.get("status", {})
        if str(status.get("observedGeneration", "")) != str(found["metadata"].get("generation", "")):
            return "the controller of Argo Rollouts has not looked yet"
        phase = status.get("phase", "")
        return "" if phase == "Healthy" else f"the Rollout is {phase}: {status.get('message', '')}"

    def hurry(self) -> None:
        """Skip all steps, as `kubectl argo rollouts promote --full` does."""
        self.patch(self.KIND, self.name, {"status": {"promoteFull": True}}, "merge", "--subresource=status")

    def give_up(self) -> None:
        """Abort, as `kubectl argo rollouts abort` does; and the weights, should its controller be away."""
        self.patch(self.KIND, self.name, {"status": {"abort": True}}, "merge", "--subresource=status")
        traffic("istio", self.kubectl, self.name).to_stable()

    def settle(self) -> None:
        """Ask for the image that is stable again: after an abort the other one is still asked for."""
        if now := self.serving():
            self.ask_for(now)

    def _status(self) -> Object:
        found = self.kubectl.found(self.KIND, self.name) or {}
        status: Object = found.get("status", {})
        return status


def _lines(status: dict[str, Any]) -> tuple[str, ...]:
    """Return what there is to say of a Rollout on its way."""
    weight = status.get("canary", {}).get("weights", {}).get("canary", {}).get("weight", 0)
    line = f"step {status.get('currentStepIndex', 0)}: {weight} % of the traffic"
    run = status.get("canary", {}).get("currentStepAnalysisRunStatus", {})
    told = " ".join(filter(None, [run.get("status"), run.get("message")]))
    return (f"{line}{told and f'; its requests: {told}'}",)
