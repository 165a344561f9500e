"""Kubernetes, where a version gets its traffic in steps: our controller in the cluster gives them.

Two Deployments: x-stable serves, x-canary has pods only while a version is tried. What is asked for
stands in the Lease x-rollout before anything is changed, so that a run that was killed goes on there.
"""

from __future__ import annotations

import time
from typing import Any

import manifests
from applied import image
from cluster import Cluster
from led import Led
from manifests import Object, container
from release import Images, at_once
from traffic import traffic

# What sends traffic to pods comes when these are there; rules about targets before what names them.
ROUTES = ("DestinationRule", "VirtualService", "HTTPRoute")


class Canary(Led, Cluster):
    """The service in a cluster, where a version that was taken up is decided about later."""

    def __init__(
        self, images: Images, cluster: dict[str, str], place: dict[str, str], rollout: dict[str, Any]
    ) -> None:
        """Take the images, where they go, where the manifests are, and the steps and limits."""
        Cluster.__init__(self, images, cluster, place)
        Led.__init__(self, self.kubectl, images.model, rollout)
        self.workload = f"{images.model}-stable"
        self.traffic = traffic(rollout["provider"], self.kubectl, images.model)

    def version(self) -> str:
        """Return the version that serves, also where it came in another way."""
        return super().version() or self.images.version(image(self.applied.found(self.images.model)))

    def begin(self, number: str) -> tuple[str, list[str]]:
        """Prepare a rollout, or go on with the one of this version; at once where nothing serves yet.

        Raises ValueError while another version is rolled out.
        """
        course = self._asked(number)
        former, stable = self.applied.found(self.images.model), self._found()
        if not course.running:
            if at_once() or (stable is None and not self._served(former)):
                return "done", self._at_once(number, former)
            if former:
                stable = self._move(former, stable)
            if image(stable) == self.images.of(number):
                return "done", self.deploy(number)
        if stable is None:
            raise ValueError(f"there is no Deployment {self.workload} in {self.kubectl}: make rollback")
        if self._unprepared(course):
            self._prepare(number, stable, asked=course.running)
        self._start(number, stable)
        return "running", [f"version {number} is rolled out in {self.kubectl}, step by step"]

    def back(self, number: str) -> tuple[str, list[str]]:
        """Take back what is rolled out, or what was."""
        course = self.lease.course()
        if course.running and number in ("", course.version):
            return self.abort("make back-out")
        return super().back(number)

    def abort(self, reason: str) -> tuple[str, list[str]]:
        """Take a rollout back now: all traffic is stable's when this returns; what serves, and what was done.

        The controller is told first: what it was about to do fails, or is undone here.
        """
        course = self.lease.course()
        self.lease.abort(reason)
        self.traffic.to_stable()
        if course.phase in ("promoting", "draining") and course.before:
            self._bring(course.before)
        if self.traffic.given():
            self.traffic.to_stable()
        if stable := self._found():
            self._start(course.version, stable)
        serves = self.images.version(image(stable))
        return serves, [f"version {course.version} has no traffic any more: {reason}"]

    def _cleared(self) -> list[str]:
        """Return nothing: routes and pods of rollouts are what serves here."""
        return []

    def _at_once(self, number: str, former: Object | None) -> list[str]:
        """Let stable run a version without any steps."""
        done = self.deploy(number)
        if former:
            self.applied.remove("deployment", self.images.model)
        return done

    def _served(self, former: Object | None) -> bool:
        """Say whether a Deployment from before rollouts serves anything."""
        return former is not None and not image(former).endswith(f":{self.place['tag']}")

    def _move(self, former: Object, stable: Object | None) -> Object | None:
        """Let what has served as one Deployment serve as stable; the former goes when stable is ready."""
        model, runs = self.images.model, image(former)
        if stable is None:
            objects = self._objects("", runs, runs)
            self.applied.apply([each for each in objects if each["kind"] not in ROUTES])
            count = former["spec"].get("replicas", 1)
            self.kubectl.say("scale", "deployment", self.workload, f"--replicas={count}")
        self.applied.wait(self.workload)
        stable = self._found()
        self.applied.apply([each for each in self._objects("", runs, runs) if each["kind"] in ROUTES])
        self.applied.remove("deployment", model)
        return stable

    def _start(self, number: str, stable: Object) -> None:
        self.controller.start(number, stable["spec"]["template"]["spec"], image(stable))

    def _prepare(self, number: str, stable: Object, asked: bool) -> None:
        """Ask for the rollout, then bring the canary, without pods; stable keeps what it runs."""
        if not asked:
            if told := self.traffic.given():
                way = "give it back (weights 100 and 0, no rule ab-test, canary without pods)"
                raise ValueError(f"the canary has {told}, and no rollout gives it: {way}")
            self.lease.request(number, self.images.of(number), image(stable))
            self.controller.remove(number)
        objects = self._objects(number, image(stable), self.images.of(number))
        kept = stable["metadata"].get("annotations", {}).get("mlops/before", "")
        self._remember(objects, kept)
        self.applied.hand_over(stable, objects)
        self.applied.apply(objects)
        self.applied.prune(objects)
        try:
            self._come_up(stable, number)
        except ValueError as fault:
            self.lease.course()
            self.lease.end(str(fault))
            raise

    def _objects(self, number: str, stable: str, canary: str) -> list[Object]:
        """Return the manifests with the images of both, rules about targets before what names them."""
        objects = manifests.built(self.place, self.images, number)
        for role, runs in (("stable", stable), ("canary", canary)):
            name = f"{self.images.model}-{role}"
            deployment = manifests.the_deployment(objects, name)
            if deployment is None:
                raise ValueError(f"{manifests.folder(self.place)} has no Deployment {name}")
            container(deployment)["image"] = runs
        return sorted(objects, key=lambda each: each["kind"] in ROUTES and 1 + ROUTES.index(each["kind"]))

    def _quiet(self, reason: str) -> None:
        """End a rollout that no controller ends: no traffic, no pods, and the Lease says why."""
        course, given = self.lease.course(), self.traffic.given()
        self.traffic.to_stable()
        if course.phase in ("promoting", "draining") and course.before:
            self._bring(course.before)
        if given:
            # What is on its way is answered by the pods that it went to.
            time.sleep(self.rollout["drain_seconds"])
        canary = f"{self.images.model}-canary"
        self.kubectl.say("scale", "deployment", canary, "--replicas=0")
        self.lease.end(reason)

    def _bring(self, runs: str) -> None:
        """Let stable run an image again."""
        if (there := self._found()) and image(there) != runs:
            serving = [{"name": container(there)["name"], "image": runs}]
            self.applied.patch(
                self.workload, {"spec": {"template": {"spec": {"containers": serving}}}}, "strategic"
            )
