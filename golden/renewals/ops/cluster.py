"""Kubernetes: the image of a Deployment, by kubectl, in the context and namespace of the environment alone.

The image and the one before it change in a single patch, so that a run that was killed has done it or
not. Needs a Deployment of the model's name.
"""

from __future__ import annotations

import json
import os
import tempfile
from typing import Any

from release import PROBE, Images, answered, changing, done, said

# Of the Deployment: the image that ran before; taken away when it is brought back.
BEFORE = "mlops/before"
PATIENCE = "300s"


class Cluster:
    """The service in a cluster."""

    def __init__(self, images: Images, place: dict[str, str]) -> None:
        """Take the images, and kubectl's context and namespace; raise ValueError without a context."""
        if not place.get("context"):
            # kubectl would take the one that somebody used last.
            raise ValueError(
                "the environment's cluster has no context: add `cluster: {context: ...}` to the spec"
            )
        self.images, self.name = images, images.model
        self.context, self.namespace = place["context"], place["namespace"]
        self.access = _given()

    def version(self) -> str:
        """Return the version that the Deployment asks for; empty when it is none of ours."""
        return self.images.version(self._image(self._deployment()))

    def deploy(self, number: str) -> list[str]:
        """Roll a version out; if it fails, roll out what ran before, and raise ValueError."""
        there, wanted = self._deployment(), self.images.of(number)
        if (before := self._image(there)) != wanted:
            changing()
            self._patch(there, wanted, before)
        try:
            self._wait()
        except ChildProcessError as fault:
            told = self.back(number)[1][-1]
            raise ValueError(f"version {number} did not come up, and {told}: {fault}") from None
        return [f"version {number} runs in {self.context}, namespace {self.namespace}"]

    def back(self, number: str) -> tuple[str, list[str]]:
        """Bring back what ran before a version, or before what runs; return what runs, and what was done."""
        there = self._deployment()
        image = self._image(there)
        before = there["metadata"].get("annotations", {}).get(BEFORE, "")
        if not before or (number and image != self.images.of(number)):
            # It may have been brought back by a run that was killed while it waited.
            self._wait()
            return self.images.version(image), [f"{image} is in service: nothing to take back"]
        self._patch(there, before, None)
        self._wait()
        return self.images.version(before), [f"{before} is in service again"]

    def ready(self) -> str:
        """Return why the service is not ready; empty when it is."""
        try:
            self._wait()
            self._inside(*PROBE)
        except ChildProcessError as fault:
            return str(fault)
        return ""

    def ask(self, body: bytes, count: int) -> tuple[int, str]:
        """Send requests to one of the pods; return how many failed, and what else is worth saying."""
        return answered(self._inside(*PROBE, str(count), body=body))

    def _inside(self, *command: str, body: bytes = b"") -> str:
        """Run a command in a pod of the Deployment; the newest are the only ones when the rollout is over."""
        container = f"--container={self._container(self._deployment())['name']}"
        call = self._kubectl("exec", f"deployment/{self.name}", "--stdin", container)
        return said(*call, "--", *command, body=body)

    def _deployment(self) -> dict[str, Any]:
        told = self._say("get", "deployment", self.name, "--ignore-not-found", "--output=json")
        if not told.strip():
            raise ValueError(
                f"there is no Deployment {self.name} in {self.context}, namespace {self.namespace}: "
                "apply its manifests first"
            )
        found: dict[str, Any] = json.loads(told)
        return found

    def _container(self, deployment: dict[str, Any]) -> dict[str, Any]:
        """Return the container that serves: the one of the model's name, or the only one."""
        found: list[dict[str, Any]] = deployment["spec"]["template"]["spec"]["containers"]
        named = [each for each in found if each["name"] == self.name] or found
        if len(named) > 1:
            raise ValueError(f"none of the containers of the Deployment {self.name} is called {self.name}")
        return named[0]

    def _image(self, deployment: dict[str, Any]) -> str:
        return str(self._container(deployment)["image"])

    def _patch(self, deployment: dict[str, Any], image: str, before: str | None) -> None:
        container = {"name": self._container(deployment)["name"], "image": image}
        patch = {
            "metadata": {"annotations": {BEFORE: before}},
            "spec": {"template": {"spec": {"containers": [container]}}},
        }
        self._say("patch", "deployment", self.name, "--type=strategic", f"--patch={json.dumps(patch)}")

    def _wait(self) -> None:
        done(*self._kubectl("rollout", "status", f"deployment/{self.name}", f"--timeout={PATIENCE}"))

    def _say(self, *arguments: str, body: bytes = b"") -> str:
        return said(*self._kubectl(*arguments), body=body)

    def _kubectl(self, *arguments: str) -> tuple[str, ...]:
        file = (f"--kubeconfig={self.access.name}",) if self.access else ()
        return "kubectl", *arguments, *file, f"--context={self.context}", f"--namespace={self.namespace}"


def _given() -> tempfile._TemporaryFileWrapper[str] | None:
    """Return the kubeconfig that was given for this run, as a file for nobody else; it goes with us."""
    if not (text := os.environ.get("KUBECONFIG_DATA")):
        return None
    file = tempfile.NamedTemporaryFile("w", prefix="kubeconfig-", encoding="utf-8")  # noqa: SIM115
    file.write(text)
    file.flush()
    return file
