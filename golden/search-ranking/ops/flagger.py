"""Flagger: a Deployment that it watches, and a copy of it (x-primary) that serves.

Flagger acts at the ticks of the Canary's interval alone, so that it sees a new image, and an end, some
time later (docs.flagger.app, "How it works").
"""

from __future__ import annotations

import json

from course import ENDED, PROMOTED, TAKEN_BACK, Course
from manifests import container
from watched import Watched

CANARY, ROUTE = "canaries.flagger.app", "virtualservices.networking.istio.io"
PROMOTES = frozenset({"Progressing", "Waiting", "WaitingPromotion", "Promoting", "Finalising"})
MANY = 1000


class Flagger(Watched):
    """The service as Flagger's target and its copy."""

    def course(self) -> Course:
        """Return how far the Canary is."""
        found = self.kubectl.found(CANARY, self.name)
        target = self.kubectl.found("deployment", self.name)
        if found is None or target is None:
            return Course()
        status, wanted = found.get("status", {}), container(target)["image"]
        version, phase = self.images.version(wanted), status.get("phase", "")
        if phase in PROMOTES:
            line = f"{phase}: {status.get('canaryWeight', 0)} % of the traffic"
            return Course(version, phase, status.get("canaryWeight", 0) / 100, lines=(line,))
        if phase == "Failed":
            return Course(version, ENDED, verdict=TAKEN_BACK, reason=_why(status))
        if phase in ("Succeeded", "Initialized") and self.serving() == wanted:
            return Course(version, ENDED, verdict=PROMOTED)
        return Course(version, "requested")

    def serving(self) -> str:
        """Return the image of the copy, which gets all traffic between rollouts."""
        found = self.kubectl.found("deployment", f"{self.name}-primary")
        return str(container(found)["image"]) if found else ""

    def pods(self) -> str:
        """Return a selector of the pods of the copy."""
        return f"app.kubernetes.io/name={self.name}-primary"

    def complaint(self) -> str:
        """Return why the copy is not ready; empty when it is."""
        found = self.kubectl.found("deployment", f"{self.name}-primary")
        if found is None:
            return f"Flagger has not made {self.name}-primary yet"
        missing = found["spec"].get("replicas", 1) - found.get("status", {}).get("availableReplicas", 0)
        return f"{missing} pods of {self.name}-primary are not ready" if missing > 0 else ""

    def settle(self) -> None:
        """Leave it: nothing runs of what was taken back, and the next deployment asks for its own."""

    def hurry(self) -> None:
        """Let the next tick promote without looking; the next deployment takes that back."""
        self.patch(CANARY, self.name, {"spec": {"skipAnalysis": True}}, "merge")

    def give_up(self) -> None:
        """Let the next tick roll back, before anything else; and all traffic to the copy at once."""
        failed = {"status": {"failedChecks": MANY}}
        self.patch(CANARY, self.name, failed, "merge", "--subresource=status")
        route = self.kubectl.found(ROUTE, self.name)
        targets = route["spec"]["http"][0]["route"] if route else []
        patch = []
        for index, target in enumerate(targets):
            host = target["destination"]["host"]
            weight = 100 if host.partition(".")[0] == f"{self.name}-primary" else 0
            at = f"/spec/http/0/route/{index}"
            patch.append({"op": "test", "path": f"{at}/destination/host", "value": host})
            patch.append({"op": "add", "path": f"{at}/weight", "value": weight})
        if patch:
            self.kubectl.say("patch", ROUTE, self.name, "--type=json", f"--patch={json.dumps(patch)}")


def _why(status: dict[str, object]) -> str:
    conditions = status.get("conditions")
    told = (
        [each for each in conditions if each.get("type") == "Promoted"]
        if isinstance(conditions, list)
        else []
    )
    return str(told[0].get("message", "")) if told else ""
