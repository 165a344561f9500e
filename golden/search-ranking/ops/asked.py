"""What is asked of a controller that the cluster has: the image of one object, and notes beside it."""

from __future__ import annotations

import json
from typing import Any

from course import ENDED, TAKEN_BACK, Course
from kubectl import Kubectl
from manifests import Object, container

# Notes: the image that ran before; "7 why" of the version that was taken back last.
BEFORE, TAKEN = "mlops/before", "mlops/taken-back"


def noted(found: Object | None, name: str) -> str:
    """Return a note of an object; empty where there is none."""
    return str(found["metadata"].get("annotations", {}).get(name, "")) if found else ""


class Asked:
    """The object whose image its controller brings into service."""

    def __init__(self, kubectl: Kubectl, kind: str, name: str) -> None:
        """Take the tool, and which object it is."""
        self.kubectl, self.kind, self.name = kubectl, kind, name

    def found(self) -> Object | None:
        """Return the object, None where it is not there."""
        return self.kubectl.found(self.kind, self.name)

    def image(self, image: str) -> None:
        """Let the controller see another image."""
        found = self.found()
        if found and container(found)["image"] != image:
            place = found["spec"]["template"]["spec"]["containers"].index(container(found))
            at = f"/spec/template/spec/containers/{place}"
            patch = [
                {"op": "test", "path": f"{at}/name", "value": container(found)["name"]},
                {"op": "replace", "path": f"{at}/image", "value": image},
            ]
            patched(self.kubectl, self.kind, self.name, patch, "json")

    def take_back(self, course: Course, why: str) -> None:
        """Note that a version is taken back, so that it is known when another one is asked for again."""
        note = {"metadata": {"annotations": {TAKEN: f"{course.version} {why}"}}}
        patched(self.kubectl, self.kind, self.name, note, "merge")

    def notes(self, serving: str, image: str) -> dict[str, str]:
        """Return the notes of an image that comes, given what serves."""
        before = noted(self.found(), BEFORE) if serving == image else serving
        return {TAKEN: "", **({BEFORE: before} if before else {})}


def taken_back(found: Object) -> Course | None:
    """Return the version that was taken back before another one was asked for again; None for none."""
    version, _, why = noted(found, TAKEN).partition(" ")
    return Course(version, ENDED, verdict=TAKEN_BACK, reason=why, aborted=why) if version else None


def patched(kubectl: Kubectl, kind: str, name: str, patch: Any, how: str, *more: str) -> None:
    """Change an object in one call."""
    kubectl.say("patch", kind, name, f"--type={how}", f"--patch={json.dumps(patch)}", *more)
