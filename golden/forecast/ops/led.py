"""What our controller in the cluster leads: asked for, followed and told of by the Lease x-rollout."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from controller import Controller
from course import Course
from following import follow, latest, outcome, patience
from kubectl import Kubectl
from lease import Lease


class Led(ABC):
    """A rollout of our controller; a subclass knows what serves, and how it gets its traffic."""

    def __init__(self, kubectl: Kubectl, model: str, rollout: dict[str, Any]) -> None:
        """Take the tool, the model, and the steps and limits."""
        self.kubectl, self.rollout = kubectl, rollout
        self.controller = Controller(kubectl, model, kubectl.namespace, rollout)
        self.lease = Lease(kubectl, model, self.controller.labels)

    @abstractmethod
    def _quiet(self, reason: str) -> None:
        """End a rollout that no controller ends: no traffic, no pods, and the Lease says why."""

    def course(self) -> Course:
        """Return how far the rollout is, or how the last one has ended."""
        return self.lease.course()

    def follow(self, number: str) -> tuple[str, list[str]]:
        """Say each decision as it comes; return `done`, `keep`, `rolled back` or `running`, and words."""
        course, trouble = follow(self.lease.course, self.controller.trouble, patience())
        if trouble and self.lease.course().running:
            self.controller.remove(number)
            self._quiet(trouble)
            return "rolled back", [f"version {number} was taken back: {trouble}"]
        return self.outcome(self.lease.course() if trouble else course)

    def outcome(self, course: Course) -> tuple[str, list[str]]:
        """Return what became of a rollout, and what to say."""
        return outcome(course, str(self.kubectl))

    def until(self, course: Course) -> float:
        """Return when a rollout that runs has ended at the latest, in seconds since 1970."""
        return latest(course, self.rollout)

    def decide(self, version: str, verdict: str, why: str) -> None:
        """Say how the A/B test of a version has ended; raise ValueError where none of it runs."""
        course = self.course()
        if course.version != version or not course.testing:
            raise ValueError(f"no A/B test of version {version} runs here: {course}")
        self.lease.decide(version, verdict, why)

    def _asked(self, number: str) -> Course:
        """Return how far the rollout is; raise ValueError where it is one of another version."""
        course = self.lease.course()
        if course.running and course.version != number:
            raise ValueError(f"{course}: wait for its end, or end it by make rollback")
        return course

    def _unprepared(self, course: Course) -> bool:
        """Say whether what the controller needs may not be there: then it has never run."""
        return not course.running or not (course.begun or self.controller.started(course.version))
