"""Argo Rollouts: a Rollout in place of the Deployment; its own controller takes the steps.

Its status is read only where it is about what was applied (argoproj.github.io/rollouts: the status names
the generation that it has seen).
"""

from __future__ import annotations

import json
import time
from typing import Any

from asked import patched, taken_back
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
        found = self.asked.found()
        if found is None:
            return Course()
        version, status = self.images.version(container(found)["image"]), found.get("status", {})
        taken = taken_back(found)
        if taken and taken.version != version:
            return taken
        if not _looked(found):
            return Course(version, "requested")
        share = status.get("canary", {}).get("weights", {}).get("canary", {}).get("weight", 0) / 100
        if status.get("abort") or status.get("phase") == "Degraded":
            return taken or Course(version, ENDED, verdict=TAKEN_BACK, reason=status.get("message", ""))
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
        found = self.asked.found()
        if found is None:
            return f"there is no Rollout {self.name}"
        status = found.get("status", {})
        if not _looked(found):
            return "the controller of Argo Rollouts has not looked yet"
        phase = status.get("phase", "")
        return "" if phase == "Healthy" else f"the Rollout is {phase}: {status.get('message', '')}"

    def told(self, objects: list[Object]) -> list[Object]:
        """Wait until it has seen what was asked for before: a version may be asked for a second time."""
        self._await()
        return objects

    def hurry(self) -> None:
        """Skip all steps, as `kubectl argo rollouts promote --full` does; raise ValueError if nobody looks.

        The controller forgets it when it meets a new version (rollout/sync.go, resetRolloutStatus): it has to
        have met it before. It takes it back itself when the version is stable.
        """
        self._await()
        status = self._status()
        if status.get("stableRS") != status.get("currentPodHash"):
            self._write({"promoteFull": True})

    def calm(self) -> None:
        """Leave it: its controller takes it back itself."""

    def give_up(self) -> None:
        """Abort, as `kubectl argo rollouts abort` does; and the weights, should its controller be away."""
        self._write({"abort": True})
        traffic("istio", self.kubectl, self.name).to_stable()
        if (found := self.asked.found()) and not _looked(found):
            # It would forget that as well.
            self.settle()

    def settle(self) -> None:
        """Ask for the image that is stable again: after an abort the other one is still asked for."""
        if now := self.serving():
            self.asked.image(now)

    def _await(self) -> None:
        end = time.monotonic() + self.rollout["ready_seconds"]
        while (found := self.asked.found()) and not _looked(found):
            if time.monotonic() > end:
                raise ValueError("the controller of Argo Rollouts does not look at what is asked of it")
            time.sleep(1)

    def _write(self, status: dict[str, bool]) -> None:
        patched(self.kubectl, self.KIND, self.name, {"status": status}, "merge", "--subresource=status")

    def _status(self) -> Object:
        found = self.asked.found() or {}
        status: Object = found.get("status", {})
        return status


def _looked(found: Object) -> bool:
    """Say whether the status is about what is asked for."""
    seen = found.get("status", {}).get("observedGeneration", "")
    return str(seen) == str(found["metadata"].get("generation", ""))


def _lines(status: dict[str, Any]) -> tuple[str, ...]:
    """Return what there is to say of a Rollout on its way."""
    weight = status.get("canary", {}).get("weights", {}).get("canary", {}).get("weight", 0)
    line = f"step {status.get('currentStepIndex', 0)}: {weight} % of the traffic"
    run = status.get("canary", {}).get("currentStepAnalysisRunStatus", {})
    told = " ".join(filter(None, [run.get("status"), run.get("message")]))
    return (f"{line}{told and f'; its requests: {told}'}",)
