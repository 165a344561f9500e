"""Kubernetes, where a controller that the cluster has gives a version its traffic in steps.

It is asked by applying the image, and watched by the status that it writes. What it owns is created
once, and then left alone.
"""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from typing import Any

import manifests
from applied import Applied
from course import Course
from following import follow, latest, outcome, patience
from kubectl import Kubectl
from manifests import Object, container
from release import PROBE, Images, answered, at_once, changing

# Of what is applied: the image that ran before.
BEFORE = "mlops/before"


class Watched(ABC):
    """The service in a cluster; a subclass knows the words of one controller."""

    # The resource whose image is changed, and what its controller goes on changing.
    KIND = "deployment"
    THEIRS: tuple[str, ...] = ()

    def __init__(
        self, images: Images, cluster: dict[str, str], place: dict[str, str], rollout: dict[str, Any]
    ) -> None:
        """Take the images, where they go, where the manifests are, and the steps and limits."""
        self.images, self.place, self.rollout, self.name = images, place, rollout, images.model
        self.kubectl = Kubectl(cluster["context"], cluster["namespace"])
        self.applied = Applied(self.kubectl, images.model, place["environment"])

    @abstractmethod
    def course(self) -> Course:
        """Return how far the rollout is, or how the last one has ended."""

    @abstractmethod
    def serving(self) -> str:
        """Return the image that serves; empty where nothing does."""

    @abstractmethod
    def pods(self) -> str:
        """Return a selector of the pods that serve."""

    @abstractmethod
    def complaint(self) -> str:
        """Return why what serves is not ready; empty when it is."""

    @abstractmethod
    def hurry(self) -> None:
        """Let what was applied come without any steps."""

    @abstractmethod
    def give_up(self) -> None:
        """Take all traffic from what is tried, at once, and let the controller end it."""

    @abstractmethod
    def settle(self) -> None:
        """Bring what is asked for back to what serves, after a version was taken back."""

    def version(self) -> str:
        """Return the version that serves; empty when it is none of ours, or not there."""
        return self.images.version(self.serving())

    def deploy(self, number: str) -> list[str]:
        """Let a version come without any steps; raise ValueError when it does not come up."""
        if self.serving() != self.images.of(number):
            changing()
        first = not self.serving()
        self._apply(self.images.of(number))
        if not first:
            self.hurry()
        self._until_ready(self.images.of(number))
        return [f"version {number} runs in {self.kubectl}"]

    def begin(self, number: str) -> tuple[str, list[str]]:
        """Ask for a version, or go on with it; at once where nothing serves yet.

        Raises ValueError while another version is rolled out.
        """
        course = self.course()
        if course.running:
            if course.version != number:
                raise ValueError(f"{course}: wait for its end, or end it by make rollback")
            return "running", [f"version {number} is rolled out already: going on with that"]
        if at_once() or self.serving() in ("", self.images.of(number)):
            return "done", self.deploy(number)
        self.settle()
        self._apply(self.images.of(number))
        return "running", [f"version {number} is rolled out in {self.kubectl}, step by step"]

    def follow(self, number: str) -> tuple[str, list[str]]:
        """Say each decision as it comes; return `done`, `rolled back` or `running`, and what to say."""

        def look() -> Course:
            found = self.course()
            # Until the controller has looked at what was applied, its status is of the version before.
            return found if found.version == number else Course(number, "requested")

        return self.outcome(follow(look, lambda _: "", patience())[0])

    def outcome(self, course: Course) -> tuple[str, list[str]]:
        """Return what became of a rollout, and what to say."""
        found = outcome(course, str(self.kubectl))
        if found[0] == "rolled back":
            self.settle()
        return found

    def until(self, course: Course) -> float:
        """Return when a rollout that runs has ended at the latest, in seconds since 1970."""
        return latest(course, self.rollout)

    def back(self, number: str) -> tuple[str, list[str]]:
        """Take back what is rolled out, or what was; return the version that serves, and what to say."""
        course, now = self.course(), self.serving()
        if course.running and number in ("", course.version):
            return self.abort("make back-out")
        found = self.kubectl.found(self.KIND, self.name)
        before = found["metadata"].get("annotations", {}).get(BEFORE, "") if found else ""
        if not now or not before or before == now or (number and now != self.images.of(number)):
            return self.images.version(now), [f"{now or 'nothing'} is in service: nothing to take back"]
        self.ask_for(before)
        self.hurry()
        self._until_ready(before)
        return self.images.version(before), [f"{before} is in service again"]

    def abort(self, reason: str) -> tuple[str, list[str]]:
        """Take a rollout back now; return the version that serves, and what was done."""
        course = self.course()
        self.give_up()
        return self.version(), [f"version {course.version} has no traffic any more: {reason}"]

    def ready(self) -> str:
        """Return why the service is not ready; empty when it is."""
        try:
            if why := self.complaint():
                return why
            self._inside(*PROBE)
        except ChildProcessError as fault:
            return str(fault)
        return ""

    def ask(self, body: bytes, count: int) -> tuple[int, str]:
        """Send requests to one of the pods; return how many failed, and what else is worth saying."""
        return answered(self._inside(*PROBE, str(count), body=body))

    def ask_for(self, image: str) -> None:
        """Let the controller see another image."""
        found = self.kubectl.found(self.KIND, self.name)
        if found and container(found)["image"] != image:
            place = found["spec"]["template"]["spec"]["containers"].index(container(found))
            at = f"/spec/template/spec/containers/{place}"
            patch = [
                {"op": "test", "path": f"{at}/name", "value": container(found)["name"]},
                {"op": "replace", "path": f"{at}/image", "value": image},
            ]
            self.patch(self.KIND, self.name, patch, "json")

    def patch(self, kind: str, name: str, patch: Any, how: str, *more: str) -> None:
        """Change an object in one call."""
        self.kubectl.say("patch", kind, name, f"--type={how}", f"--patch={json.dumps(patch)}", *more)

    def _apply(self, image: str) -> None:
        """Apply the manifests with an image; what the controller goes on changing is created once."""
        objects = manifests.built(self.place, self.images, "")
        for each in objects:
            if manifests.serves(each, self.name):
                container(each)["image"] = image
                if (now := self.serving()) and now != image:
                    each["metadata"].setdefault("annotations", {})[BEFORE] = now
        kept = [each for each in objects if not self._left(each)]
        self.applied.apply(kept)
        self.applied.prune(objects)

    def _left(self, each: Object) -> bool:
        if each["kind"] not in self.THEIRS:
            return False
        group = each["apiVersion"].partition("/")[0]
        return bool(self.kubectl.found(f"{each['kind'].lower()}s.{group}", each["metadata"]["name"]))

    def _until_ready(self, image: str) -> None:
        """Wait until an image serves; raise ValueError when it does not in time."""
        end = time.monotonic() + self.rollout["ready_seconds"] * 2
        while (why := self.complaint()) or self.serving() != image:
            if time.monotonic() > end:
                raise ValueError(f"{image} did not come up: {why or 'it does not serve yet'}")
            time.sleep(5)

    def _inside(self, *command: str, body: bytes = b"") -> str:
        return self.applied.inside(self.pods(), self.name, *command, body=body)
