"""Kubernetes, where a controller that the cluster has gives a version its traffic in steps.

It is asked by applying the image, and watched by the status that it writes. What it owns is created
once, and then left alone.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import manifests
from applied import Applied
from asked import BEFORE, Asked, noted
from course import ENDED, TAKEN_BACK, Course
from following import follow, latest, outcome, patience
from kubectl import Kubectl
from manifests import Object, container
from release import PROBE, Images, answered, at_once, changing


class Watched(ABC):
    """The service in a cluster; a subclass knows the words of one controller."""

    # The resource whose image is changed, and what its controller goes on changing.
    KIND = "deployment"
    THEIRS: tuple[str, ...] = ()
    # How many holds pass until it has brought a version that comes without steps.
    LATE = 0

    def __init__(
        self, images: Images, cluster: dict[str, str], place: dict[str, str], rollout: dict[str, Any]
    ) -> None:
        """Take the images, where they go, where the manifests are, and the steps and limits."""
        self.images, self.place, self.rollout, self.name = images, place, rollout, images.model
        self.kubectl = Kubectl(cluster["context"], cluster["namespace"])
        self.applied = Applied(self.kubectl, images.model, place["environment"])
        self.asked = Asked(self.kubectl, self.KIND, images.model)

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

    @abstractmethod
    def calm(self) -> None:
        """Let the next version come in steps again."""

    def told(self, objects: list[Object]) -> list[Object]:
        """Return what is applied, with what the controller has to be told, once it may be."""
        return objects

    def version(self) -> str:
        """Return the version that serves; empty when it is none of ours, or not there."""
        return self.images.version(self.serving())

    def deploy(self, number: str) -> list[str]:
        """Let a version come without any steps; raise ValueError when it does not come up."""
        if self.serving() != self.images.of(number):
            changing()
        first = not self.serving()
        self._apply(self.images.of(number))
        self._come(self.images.of(number), self.calm if first else self.hurry)
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
            why = f"another one is asked for: {found}"
            return found if found.version == number else Course(number, ENDED, 0, TAKEN_BACK, why)

        return self.outcome(follow(look, lambda _: "", patience())[0])

    def outcome(self, course: Course) -> tuple[str, list[str]]:
        """Return what became of a rollout, and what to say."""
        found = outcome(course, str(self.kubectl))
        if found[0] == "rolled back":
            if not course.aborted:
                self.asked.take_back(course, course.reason or "rolled back")
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
        before = noted(self.asked.found(), BEFORE)
        if not now or not before or before == now or (number and now != self.images.of(number)):
            return self.images.version(now), [f"{now or 'nothing'} is in service: nothing to take back"]
        self.asked.image(before)
        self._come(before, self.hurry)
        return self.images.version(before), [f"{before} is in service again"]

    def abort(self, reason: str) -> tuple[str, list[str]]:
        """Take a rollout back now; return the version that serves, and what was done."""
        course = self.course()
        # Noted before it is done: who asks again for the same reason has been answered.
        self.asked.take_back(course, reason)
        self.give_up()
        return self.version(), [f"version {course.version} has no traffic any more: {reason}"]

    def ready(self) -> str:
        """Return why the service is not ready; empty when it is."""
        try:
            # What is tried meanwhile is not what serves.
            if (why := self.complaint()) and not self.course().running:
                return why
            self._inside(*PROBE)
        except ChildProcessError as fault:
            return str(fault)
        return ""

    def ask(self, body: bytes, count: int) -> tuple[int, str]:
        """Send requests to one of the pods; return how many failed, and what else is worth saying."""
        return answered(self._inside(*PROBE, str(count), body=body))

    def _apply(self, image: str) -> None:
        """Apply the manifests with an image; what the controller goes on changing is created once."""
        objects = manifests.built(self.place, self.images, "")
        for each in objects:
            if manifests.serves(each, self.name):
                container(each)["image"] = image
                each["metadata"].setdefault("annotations", {}).update(self.asked.notes(self.serving(), image))
        self.applied.apply(self.told([each for each in objects if not self._left(each)]))
        self.applied.prune(objects)

    def _left(self, each: Object) -> bool:
        if each["kind"] not in self.THEIRS:
            return False
        group = each["apiVersion"].partition("/")[0]
        return bool(self.kubectl.found(f"{each['kind'].lower()}s.{group}", each["metadata"]["name"]))

    def _come(self, image: str, hurry: Callable[[], None]) -> None:
        """Let an image serve without steps, and no other; raise ValueError when it does not in time."""
        end = time.monotonic() + self.rollout["ready_seconds"] * 2 + self.LATE * held(self.rollout)
        try:
            hurry()
            while (why := self.complaint()) or self.serving() != image:
                if time.monotonic() > end:
                    raise ValueError(f"{image} did not come up: {why or 'it does not serve yet'}")
                time.sleep(5)
        finally:
            self.calm()

    def _inside(self, *command: str, body: bytes = b"") -> str:
        return self.applied.inside(self.pods(), self.name, *command, body=body)


def held(rollout: dict[str, Any]) -> float:
    """Return the seconds of a step: what settles, and the hold, or the copies where there is no step."""
    return float(rollout["settle_seconds"] + (rollout["hold_seconds"] or rollout["shadow_seconds"]))
