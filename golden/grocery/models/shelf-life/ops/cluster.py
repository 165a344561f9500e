"""Kubernetes: the environment's overlay with the image of a version, by kubectl, in its own place alone.

The image and the one before it change in a single call, so that a run that was killed has done it or
not.
"""

from __future__ import annotations

from contextlib import suppress

import manifests
from applied import OURS, Applied, image
from kubectl import Kubectl
from left import cleared
from manifests import Object, container
from release import PROBE, Images, answered, changing, said

# Of the Deployment: the image that ran before; taken away when it is brought back.
BEFORE = "mlops/before"


class Cluster:
    """The service in a cluster, where a version replaces the one before; `workload` serves."""

    def __init__(self, images: Images, cluster: dict[str, str], place: dict[str, str]) -> None:
        """Take the images, kubectl's context and namespace, and where the manifests are."""
        self.images, self.place, self.workload = images, place, images.model
        self.kubectl = Kubectl(cluster["context"], cluster["namespace"])
        self.applied = Applied(self.kubectl, images.model, place["environment"])

    def version(self) -> str:
        """Return the version that the Deployment asks for; empty when it is none of ours, or not there."""
        return self.images.version(image(self._found()))

    def deploy(self, number: str) -> list[str]:
        """Roll a version out; if it fails, roll out what ran before, and raise ValueError."""
        there, wanted = self._found(), self.images.of(number)
        objects = manifests.built(self.place, self.images, number)
        if (before := image(there)) != wanted:
            changing()
        self._remember(objects, _kept(there) if before == wanted else before)
        self.applied.hand_over(there, objects)
        self.applied.apply(objects)
        self.applied.prune(objects)
        self._come_up(there, number)
        return [*self._cleared(), f"version {number} runs in {self.kubectl}"]

    def back(self, number: str) -> tuple[str, list[str]]:
        """Bring back what ran before a version, or before what runs; return what runs, and what was done."""
        there = self._found()
        if there is None:
            return "", ["nothing is in service: nothing to take back"]
        now, before = image(there), _kept(there)
        if not before or (number and now != self.images.of(number)):
            # It may have been brought back by a run that was killed while it waited.
            self.applied.wait(self.workload)
            return self.images.version(now), [f"{now} is in service: nothing to take back"]
        serving = [{"name": container(there)["name"], "image": before}]
        change = {
            "metadata": {"annotations": {BEFORE: None}},
            "spec": {"template": {"spec": {"containers": serving}}},
        }
        self.applied.patch(self.workload, change, "strategic")
        self.applied.wait(self.workload)
        return self.images.version(before), [f"{before} is in service again"]

    def ready(self) -> str:
        """Return why the service is not ready; empty when it is."""
        try:
            self.applied.wait(self.workload)
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
            raise ChildProcessError(f"there is no Deployment {self.workload} in {self.kubectl}")
        name = f"--container={container(there)['name']}"
        call = self.kubectl.call("exec", f"deployment/{self.workload}", "--stdin", name)
        return said(*call, "--", *command, body=body)

    def _found(self) -> Object | None:
        return self.applied.found(self.workload)

    def _cleared(self) -> list[str]:
        """Remove what rollouts have left, which this place has none of; return what to say."""
        return cleared(self.applied)

    def _remember(self, objects: list[Object], before: str) -> None:
        """Write into the Deployment what ran before it; an overlay that was applied as it is never ran."""
        deployment = manifests.the_deployment(objects, self.workload)
        if deployment and before and not before.endswith(f":{self.place['tag']}"):
            deployment["metadata"].setdefault("annotations", {})[BEFORE] = before

    def _come_up(self, there: Object | None, number: str) -> None:
        """Wait for what was applied; what does not come up gives way, and ValueError is raised."""
        try:
            self.applied.wait(self.workload)
        except ChildProcessError as fault:
            # Why they wait stands there, and goes with them; going back does not hang on it.
            with suppress(ChildProcessError):
                selector = f"--selector={OURS}={self.images.model}"
                self.kubectl.do("get", "pods", selector, "--output=wide")
            told = self._restore(there, number)
            raise ValueError(f"version {number} did not come up, and {told}: {fault}") from None

    def _restore(self, there: Object | None, number: str) -> str:
        """Bring back the pods as they were before this run, or else the image before; return what to say."""
        now = self._found()
        if there is None or now is None:
            return "nothing ran before it"
        if now["spec"]["template"] == there["spec"]["template"]:
            return Cluster.back(self, number)[1][-1]
        marked = [{"op": "remove", "path": "/metadata/annotations/mlops~1before"}] if _kept(now) else []
        pods = {"op": "replace", "path": "/spec/template", "value": there["spec"]["template"]}
        self.applied.patch(self.workload, [*marked, pods], "json")
        self.applied.wait(self.workload)
        return f"{image(there)} is in service again"


def _kept(deployment: Object | None) -> str:
    """Return the image that ran before, as the Deployment remembers it."""
    return str(deployment["metadata"].get("annotations", {}).get(BEFORE, "")) if deployment else ""
