"""Flagger: a Deployment that it watches, and a copy of it (x-primary) that serves.

Flagger acts at the ticks of the Canary's interval alone, so that it sees a new image, and an end, some
time later (docs.flagger.app, "How it works").
"""

from __future__ import annotations

import time

import manifests
from asked import noted, patched, taken_back
from course import ENDED, PROMOTED, TAKEN_BACK, Course
from manifests import Object, container
from watched import Watched, held

CANARY, ROUTE = "canaries.flagger.app", "virtualservices.networking.istio.io"
PROMOTES = frozenset({"Progressing", "Waiting", "WaitingPromotion", "Promoting", "Finalising"})
ENDS = frozenset({"Succeeded", "Initialized", "Failed"})
# What Flagger had seen when it gave up the version before; and what makes pods news to it.
SEEN, AGAIN = "mlops/seen", "mlops/tried-after"
MANY = 1000


class Flagger(Watched):
    """The service as Flagger's target and its copy."""

    # A tick sees the image, one brings it, and one may just have passed.
    LATE = 3

    def course(self) -> Course:
        """Return how far the Canary is."""
        found, target = self.kubectl.found(CANARY, self.name), self.asked.found()
        if found is None or target is None:
            return Course()
        status, wanted = found.get("status", {}), container(target)["image"]
        version, phase = self.images.version(wanted), status.get("phase", "")
        taken = taken_back(target)
        if taken and taken.version != version:
            return taken
        if phase in PROMOTES:
            line = f"{phase}: {status.get('canaryWeight', 0)} % of the traffic"
            return Course(version, phase, status.get("canaryWeight", 0) / 100, lines=(line,))
        if phase in ENDS and self.serving() == wanted:
            return Course(version, ENDED, verdict=PROMOTED)
        if phase == "Failed" and self._over(noted(target, SEEN), status.get("lastAppliedSpec", "")):
            return taken or Course(version, ENDED, verdict=TAKEN_BACK, reason=_why(status))
        return Course(version, "requested")

    def until(self, _: Course) -> float:
        """Return when it has ended at the latest: a tick for each step, and those before and after."""
        return time.time() + (len(self.rollout["steps"] or "ab") + 5) * held(self.rollout)

    def serving(self) -> str:
        """Return the image of the copy, which gets all traffic between rollouts."""
        found = self._copy()
        named = found["spec"]["template"]["spec"]["containers"] if found else []
        return next((str(each["image"]) for each in named if each["name"] == self.name), "")

    def pods(self) -> str:
        """Return a selector of the pods of the copy."""
        return f"app.kubernetes.io/name={self.name}-primary"

    def complaint(self) -> str:
        """Return why the copy is not ready; empty when it is."""
        found, phase = self._copy(), self._status().get("phase", "")
        if found is None or phase in ("", "Initializing"):
            return f"Flagger has not made {self.name}-primary and its routes yet"
        status = found.get("status", {})
        if status.get("observedGeneration", 0) < found["metadata"].get("generation", 0):
            return f"nobody has looked at {self.name}-primary yet"
        there = min(status.get(f"{each}Replicas", 0) for each in ("updated", "available"))
        missing = found["spec"].get("replicas", 1) - there
        return f"{missing} pods of {self.name}-primary are not ready" if missing > 0 else ""

    def told(self, objects: list[Object]) -> list[Object]:
        """Return what is applied: with steps, and as a new template where a version is tried again.

        What it has seen and given up is no news to Flagger; the note tells its status of before from that of
        what comes (pkg/canary/spec.go, hasSpecChanged).
        """
        status, target = self._status(), self.asked.found()
        for each in objects:
            if each["kind"] == "Canary":
                each["spec"]["skipAnalysis"] = False
            if manifests.serves(each, self.name):
                seen = status.get("lastAppliedSpec", "") if status.get("phase") == "Failed" else ""
                each["metadata"]["annotations"][SEEN] = seen
                if target and container(target)["image"] == container(each)["image"]:
                    again = target["spec"]["template"]["metadata"].get("annotations", {}).get(AGAIN, "")
                    if again := seen or again:
                        pods = each["spec"]["template"]["metadata"]
                        pods.setdefault("annotations", {})[AGAIN] = again
        # Without a target Flagger waits; with one it might have skipped the steps.
        return sorted(objects, key=lambda each: each["kind"] != "Canary")

    def settle(self) -> None:
        """Leave it: nothing runs of what was taken back, and the next deployment asks for its own."""

    def hurry(self) -> None:
        """Let the next ticks promote without looking."""
        patched(self.kubectl, CANARY, self.name, {"spec": {"skipAnalysis": True}}, "merge")

    def calm(self) -> None:
        """Let the next version come in steps again."""
        patched(self.kubectl, CANARY, self.name, {"spec": {"skipAnalysis": False}}, "merge")

    def give_up(self) -> None:
        """Let the next tick roll back, before anything else; and all traffic to the copy at once.

        What no tick has seen yet is not asked for any more: seeing it would set the checks back.
        """
        if self._status().get("phase") not in PROMOTES:
            if now := self.serving():
                self.asked.image(now)
            return
        failed = {"status": {"failedChecks": MANY}}
        patched(self.kubectl, CANARY, self.name, failed, "merge", "--subresource=status")
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
            patched(self.kubectl, ROUTE, self.name, patch, "json")

    def _over(self, seen: str, now: str) -> bool:
        """Say whether a failure is that of what is asked for now."""
        if not seen or seen == now:
            return not seen
        # A tick writes what it has seen into the failure of before, and only then that it goes on.
        time.sleep(3)
        return bool(self._status().get("phase") == "Failed")

    def _copy(self) -> Object | None:
        return self.kubectl.found("deployment", f"{self.name}-primary")

    def _status(self) -> Object:
        found = self.kubectl.found(CANARY, self.name) or {}
        status: Object = found.get("status", {})
        return status


def _why(status: dict[str, object]) -> str:
    conditions = status.get("conditions")
    told = (
        [each for each in conditions if each.get("type") == "Promoted"]
        if isinstance(conditions, list)
        else []
    )
    return str(told[0].get("message", "")) if told else ""
