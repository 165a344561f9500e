"""Kubernetes: the environment's overlay with the image of a version, by kubectl, in its own place alone.

The image and the one before it change in a single call, so that a run that was killed has done it or
not. What is applied is ours whoever changed it since (server-side, by force); what the overlay does not
name, such as the number of pods that an autoscaler owns, is left as it is.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import manifests
from kubectl import Kubectl
from manifests import Object, container
from release import PROBE, Images, answered, changing, said

# Of the Deployment: the image that ran before; taken away when it is brought back.
BEFORE = "mlops/before"
ENVIRONMENT = "mlops/environment"
MANAGER = "mlops"
OURS = "app.kubernetes.io/managed-by=mlopsc,app.kubernetes.io/name"
# What would go on working against us when the overlay has lost it.
PRUNED = ("HorizontalPodAutoscaler", "NetworkPolicy")
PATIENCE = "600s"


class Cluster:
    """The service in a cluster."""

    def __init__(self, images: Images, cluster: dict[str, str], place: dict[str, str]) -> None:
        """Take the images, kubectl's context and namespace, and where the manifests are."""
        self.images, self.name, self.place = images, images.model, place
        self.kubectl = Kubectl(cluster["context"], cluster["namespace"])

    def version(self) -> str:
        """Return the version that the Deployment asks for; empty when it is none of ours, or not there."""
        return self.images.version(_image(self._found()))

    def deploy(self, number: str) -> list[str]:
        """Roll a version out; if it fails, roll out what ran before, and raise ValueError."""
        there, wanted = self._found(), self.images.of(number)
        objects = manifests.built(self.place, self.images, number)
        if (before := _image(there)) != wanted:
            changing()
        self._remember(objects, _kept(there) if before == wanted else before)
        self._hand_over(there, objects)
        self._apply(objects)
        self._prune(objects)
        try:
            self._wait()
        except ChildProcessError as fault:
            # Why they wait stands there, and goes with them; going back does not hang on it.
            with suppress(ChildProcessError):
                self.kubectl.do("get", "pods", f"--selector={OURS}={self.name}", "--output=wide")
            told = self._restore(there, number)
            raise ValueError(f"version {number} did not come up, and {told}: {fault}") from None
        return [f"version {number} runs in {self.kubectl}"]

    def back(self, number: str) -> tuple[str, list[str]]:
        """Bring back what ran before a version, or before what runs; return what runs, and what was done."""
        there = self._found()
        if there is None:
            return "", ["nothing is in service: nothing to take back"]
        image, before = _image(there), _kept(there)
        if not before or (number and image != self.images.of(number)):
            # It may have been brought back by a run that was killed while it waited.
            self._wait()
            return self.images.version(image), [f"{image} is in service: nothing to take back"]
        self._patch(
            {
                "metadata": {"annotations": {BEFORE: None}},
                "spec": {
                    "template": {
                        "spec": {"containers": [{"name": container(there)["name"], "image": before}]}
                    }
                },
            },
            "strategic",
        )
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
        there = self._found()
        if there is None:
            raise ChildProcessError(f"there is no Deployment {self.name} in {self.kubectl}")
        name = f"--container={container(there)['name']}"
        call = self.kubectl.call("exec", f"deployment/{self.name}", "--stdin", name)
        return said(*call, "--", *command, body=body)

    def _found(self) -> Object | None:
        """Return the Deployment, or None; raise ValueError if it is another environment's."""
        look = ("get", "deployment", self.name, "--ignore-not-found", "--output=json")
        told = self.kubectl.say(*look, "--show-managed-fields")
        if not told.strip():
            return None
        found: Object = json.loads(told)
        own = self.place["environment"]
        if (other := found["metadata"].get("labels", {}).get(ENVIRONMENT, own)) != own:
            raise ValueError(
                f"the Deployment {self.name} in {self.kubectl} belongs to the environment {other}, "
                f"and this is {own}: give each its own cluster or namespace"
            )
        return found

    def _remember(self, objects: list[Object], before: str) -> None:
        """Write into the Deployment what ran before it; an overlay that was applied as it is never ran."""
        deployment = manifests.the_deployment(objects, self.name)
        if deployment and before and not before.endswith(f":{self.place['tag']}"):
            deployment["metadata"].setdefault("annotations", {})[BEFORE] = before

    def _hand_over(self, there: Object | None, objects: list[Object]) -> None:
        """Leave the number of pods to an autoscaler: a number that we no longer name would become 1."""
        deployment = manifests.the_deployment(objects, self.name)
        if there and deployment and "replicas" not in deployment["spec"] and _numbered(there):
            count = {"replicas": there["spec"]["replicas"]}
            part = {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {"name": self.name},
                "spec": count,
            }
            self._apply([part], "mlops-autoscaler", "--validate=false")

    def _apply(self, objects: list[Object], manager: str = MANAGER, *more: str) -> None:
        how = ("--server-side", "--force-conflicts", f"--field-manager={manager}", "--filename=-")
        self.kubectl.say("apply", *how, *more, body=manifests.as_list(objects))

    def _prune(self, objects: list[Object]) -> None:
        """Remove what an earlier overlay had, and this one has not."""
        wanted = {(each["kind"], each["metadata"]["name"]) for each in objects}
        kinds = ",".join(PRUNED).lower()
        told = json.loads(self.kubectl.say("get", kinds, f"--selector={OURS}={self.name}", "--output=json"))
        for each in told["items"]:
            kind, name = each["kind"], each["metadata"]["name"]
            if (kind, name) not in wanted:
                self.kubectl.do("delete", kind.lower(), name, "--ignore-not-found")

    def _restore(self, there: Object | None, number: str) -> str:
        """Bring back the pods as they were before this run, or else the image before; return what to say."""
        now = self._found()
        if there is None or now is None:
            return "nothing ran before it"
        if now["spec"]["template"] == there["spec"]["template"]:
            return self.back(number)[1][-1]
        marked = [{"op": "remove", "path": "/metadata/annotations/mlops~1before"}] if _kept(now) else []
        pods = {"op": "replace", "path": "/spec/template", "value": there["spec"]["template"]}
        self._patch([*marked, pods], "json")
        self._wait()
        return f"{_image(there)} is in service again"

    def _patch(self, patch: Any, kind: str) -> None:
        self.kubectl.say("patch", "deployment", self.name, f"--type={kind}", f"--patch={json.dumps(patch)}")

    def _wait(self) -> None:
        self.kubectl.do("rollout", "status", f"deployment/{self.name}", f"--timeout={PATIENCE}")


def _image(deployment: Object | None) -> str:
    return str(container(deployment)["image"]) if deployment else ""


def _kept(deployment: Object | None) -> str:
    """Return the image that ran before, as the Deployment remembers it."""
    return str(deployment["metadata"].get("annotations", {}).get(BEFORE, "")) if deployment else ""


def _numbered(deployment: Object) -> bool:
    """Say whether the number of pods is one that we have applied."""
    managed = deployment["metadata"].get("managedFields", [])
    own = (each.get("fieldsV1", {}) for each in managed if each.get("manager") == MANAGER)
    return any("f:replicas" in fields.get("f:spec", {}) for fields in own)
