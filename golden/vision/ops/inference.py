"""KServe, where a version gets its traffic in steps: our controller changes the one InferenceService.

What is on trial stands in it beside stable, so that the manifests are applied only while nothing is.
"""

from __future__ import annotations

import time
from typing import Any

import manifests
from applied import Applied
from course import Course
from kubectl import Kubectl
from led import Led
from manifests import Object, container
from release import PROBE, Images, answered, at_once, changing, said
from rollout_trials import BEFORE
from trial import CONTAINER, Trial

EVERY = 5.0


class Inference(Led):
    """The service as an InferenceService, where a version that was taken up is decided about later."""

    def __init__(
        self, images: Images, cluster: dict[str, str], place: dict[str, str], rollout: dict[str, Any]
    ) -> None:
        """Take the images, where they go, where the manifests are, and the steps and limits."""
        super().__init__(Kubectl(cluster["context"], cluster["namespace"]), images.model, rollout)
        self.images, self.place = images, place
        self.applied = Applied(self.kubectl, images.model, place["environment"])
        self.trial = Trial(self.kubectl, images.model, rollout)

    def version(self) -> str:
        """Return the version that serves; empty when it is none of ours, or not there."""
        return self.images.version(self._serving())

    def deploy(self, number: str) -> list[str]:
        """Let a version serve at once; if it fails, what served before, and raise ValueError."""
        there, before, wanted = self._found(), self._serving(), self.images.of(number)
        if before == wanted:
            before = self.trial.before()
        else:
            changing()
        self._apply(number, wanted, before)
        # What somebody has left on trial would go on having its share.
        self.trial.replace(wanted, before)
        self._come_up(there, number)
        return [f"version {number} runs in {self.kubectl}"]

    def begin(self, number: str) -> tuple[str, list[str]]:
        """Prepare a rollout, or go on with the one of this version; at once where nothing serves yet.

        Raises ValueError while another version is rolled out.
        """
        course, there, runs = self._asked(number), self._found(), self._serving()
        if not course.running and (at_once() or runs in ("", self.images.of(number))):
            return "done", self.deploy(number)
        if there is None:
            raise ValueError(
                f"there is no InferenceService {self.images.model} in {self.kubectl}: make rollback"
            )
        if self._unprepared(course):
            self._prepare(number, there, runs, asked=course.running)
        self._start(number, there, runs)
        return "running", [f"version {number} is rolled out in {self.kubectl}, step by step"]

    def back(self, number: str) -> tuple[str, list[str]]:
        """Take back what is rolled out, or what was; return what runs, and what was done."""
        course = self.lease.course()
        if course.running and number in ("", course.version):
            return self.abort("make back-out")
        if self._found() is None:
            return "", ["nothing is in service: nothing to take back"]
        now, before = self._serving(), self.trial.before()
        # Beside a rollout of another version, what stands there is what that one replaces.
        if course.running or not before or (number and now != self.images.of(number)):
            return self.images.version(now), [f"{now} is in service: nothing to take back"]
        self.trial.replace(before)
        self._until_ready()
        return self.images.version(before), [f"{before} is in service again"]

    def abort(self, reason: str) -> tuple[str, list[str]]:
        """Take a rollout back now: all traffic is stable's when this returns; what serves, and what was done.

        The controller is told first: what it was about to do fails, as the InferenceService is another.
        """
        course = self.lease.course()
        self.lease.abort(reason)
        done = f"version {course.version} has no traffic any more: {reason}"
        if (there := self._found()) is None:
            return "", [done]
        self._give_back(course)
        runs = self._serving()
        self._start(course.version, there, runs)
        return self.images.version(runs), [done]

    def ready(self) -> str:
        """Return why the service is not ready; empty when it is."""
        try:
            if why := self.trial.complaint():
                return why
            self._inside(*PROBE)
        except ChildProcessError as fault:
            return str(fault)
        return ""

    def ask(self, body: bytes, count: int) -> tuple[int, str]:
        """Send requests to one of the pods; return how many failed, and what else is worth saying."""
        return answered(self._inside(*PROBE, str(count), body=body))

    def _found(self) -> Object | None:
        found = self.trial.found()
        if found:
            self.applied.own(found)
        return found

    def _serving(self) -> str:
        """Return the image of stable; empty where none of a version is there."""
        runs = self.trial.image() if self.trial.found() else ""
        return "" if runs.endswith(f":{self.place['tag']}") else runs

    def _start(self, number: str, there: Object, runs: str) -> None:
        self.controller.start(number, there["spec"]["predictor"], runs)

    def _prepare(self, number: str, there: Object, runs: str, asked: bool) -> None:
        """Ask for the rollout, then apply what is new beside the image, which stable keeps."""
        if not asked:
            if share := self.trial.share():
                told = f"what is on trial has {100 * share:g} % of the traffic, and no rollout gives it"
                raise ValueError(f"{told}: make deploy of what serves takes it away")
            self.lease.request(number, self.images.of(number), runs)
            self.controller.remove(number)
        self._apply(number, runs, self.trial.before())
        try:
            self._come_up(there, number)
        except ValueError as fault:
            self.lease.course()
            self.lease.end(str(fault))
            raise

    def _apply(self, number: str, runs: str, before: str) -> None:
        """Apply the manifests with an image; what they do not name, such as a trial, stays."""
        objects = manifests.built(self.place, self.images, number)
        for each in objects:
            if manifests.serves(each, self.images.model):
                container(each)["image"] = runs
                if before:
                    each["metadata"].setdefault("annotations", {})[BEFORE] = before
        self.applied.apply(objects)
        self.applied.prune(objects)

    def _come_up(self, there: Object | None, number: str) -> None:
        """Wait for what was applied; what does not come up gives way, and ValueError is raised."""
        try:
            self._until_ready()
        except ChildProcessError as fault:
            told = "nothing ran before it"
            if there:
                self.trial.restore(there)
                told = "what ran before it is asked for again"
            raise ValueError(f"version {number} did not come up, and {told}: {fault}") from None

    def _until_ready(self) -> None:
        """Wait until stable is ready; raise ChildProcessError when it is not in time."""
        for _ in range(int(2 * self.rollout["ready_seconds"] / EVERY)):
            if not (why := self.trial.complaint()):
                return
            time.sleep(EVERY)
        raise ChildProcessError(f"the InferenceService is not ready: {why}")

    def _give_back(self, course: Course) -> bool:
        """Give stable all of the traffic, and its image again; say whether that took traffic away."""
        had = self.trial.to_stable()
        if course.before and self.trial.image() == self.images.of(course.version):
            self.trial.replace(course.before)
        # What the controller has sent before it heard of it.
        return self.trial.to_stable() or had

    def _quiet(self, reason: str) -> None:
        """End a rollout that no controller ends: no traffic, no pods, and the Lease says why."""
        if self._give_back(self.lease.course()):
            # What is on its way is answered by the pods that it went to.
            time.sleep(self.rollout["drain_seconds"])
        self.trial.stop()
        self.lease.end(reason)

    def _inside(self, *command: str, body: bytes = b"") -> str:
        call = self.kubectl.call("exec", self.trial.pod(), "--stdin", f"--container={CONTAINER}")
        return said(*call, "--", *command, body=body)
