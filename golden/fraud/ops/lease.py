"""The Lease of a rollout: what was asked of the controller, and how far it is, in one object.

What is asked for is written with the version of the object that was read, so that of two that ask at
the same time one fails. The controller (ops/rollout.py) does the same.
"""

from __future__ import annotations

import json
from typing import Any

from course import ENDED, TAKEN_BACK, TESTING, Course
from kubectl import Kubectl
from manifests import as_list

STATE, ABORT, VERDICT = "mlops/rollout", "mlops/abort", "mlops/ab-test"
# Why it was aborted, which the controller leaves when it takes the wish away.
ABORTED = "mlops/aborted"
# Of what is said of an A/B test, the report has the rest.
WORDS = 300
# Seconds; whoever holds it renews it three times as often.
DURATION = 30


class Lease:
    """The Lease x-rollout of a model x."""

    def __init__(self, kubectl: Kubectl, model: str, labels: dict[str, str]) -> None:
        """Take the tool, whose rollout it is, and the labels of what is made for it."""
        self.kubectl, self.name, self.labels = kubectl, f"{model}-rollout", labels
        self._seen: dict[str, Any] | None = None

    def course(self) -> Course:
        """Return how far the rollout is."""
        self._seen = self.kubectl.found("lease", self.name)
        state, phase = self._state(), self._state().get("phase") or ""
        return Course(
            str(state.get("version") or ""),
            phase,
            float(state.get("share") or 0.0),
            state.get("verdict") or "",
            state.get("reason") or "",
            float(state.get("deadline") or 0.0),
            state.get("stable_image") or "",
            self._noted(ABORTED),
            tuple(str(each.get("line", "")) for each in state.get("decisions") or []),
            float(state.get("since") or 0.0) if phase == TESTING else 0.0,
            self._decided(str(state.get("version") or "")) if phase == TESTING else "",
        )

    def request(self, version: str, image: str, stable_image: str) -> None:
        """Ask for a rollout; raise ChildProcessError when somebody else has written meanwhile."""
        state = {"version": version, "image": image, "stable_image": stable_image, "phase": "requested"}
        # Nobody holds it: a controller of before that still lives finds that out at its next write.
        self._put(state | {"decisions": []}, {})

    def end(self, reason: str) -> None:
        """Write that a rollout has ended which no controller ends."""
        ended = {"phase": ENDED, "verdict": TAKEN_BACK, "reason": reason, "share": 0.0}
        self._put(self._state() | ended, {})

    def abort(self, reason: str) -> None:
        """Ask the controller to take it back now."""
        told = (f"{ABORT}={reason}", f"{ABORTED}={reason}")
        self.kubectl.say("annotate", "lease", self.name, *told, "--overwrite")

    def decide(self, version: str, verdict: str, why: str) -> None:
        """Tell the controller how the A/B test of a version has ended: promote, keep or undecided."""
        told = json.dumps({"version": version, "verdict": verdict, "why": why[:WORDS]}, ensure_ascii=False)
        self.kubectl.say("annotate", "lease", self.name, f"{VERDICT}={told}", "--overwrite")

    def _noted(self, name: str) -> str:
        return str((self._seen or {}).get("metadata", {}).get("annotations", {}).get(name, ""))

    def _decided(self, version: str) -> str:
        """Return the verdict that was told of a version; empty where there is none."""
        try:
            found = json.loads(self._noted(VERDICT))
        except ValueError:
            return ""
        own = isinstance(found, dict) and str(found.get("version")) == version
        return str(found.get("verdict", "")) if own else ""

    def _state(self) -> dict[str, Any]:
        try:
            found = json.loads(self._noted(STATE) or "{}")
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise ValueError(f"the annotation {STATE} of the Lease {self.name} is no state: remove the Lease")
        return found

    def _put(self, state: dict[str, Any], annotations: dict[str, str]) -> None:
        metadata: dict[str, Any] = {"name": self.name, "labels": self.labels}
        if self._seen:
            metadata["resourceVersion"] = self._seen["metadata"]["resourceVersion"]
        lease = {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {**metadata, "annotations": {**annotations, STATE: json.dumps(state)}},
            "spec": {"leaseDurationSeconds": DURATION},
        }
        self.kubectl.say("replace" if self._seen else "create", "--filename=-", body=as_list([lease]))
