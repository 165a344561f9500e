"""The two Deployments: which image they run, how many pods they have, and why these are not ready."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from rollout_api import JSON_PATCH, Api, Object, RefusedError

# What Kubernetes says of a container that has ended again and again.
CRASHING = "CrashLoopBackOff"
BEFORE = "mlops~1before"


class Pods:
    """One Deployment and its pods; `track` is stable or canary."""

    def __init__(self, api: Api, model: str, name: str, track: str, allow: Callable[[], None]) -> None:
        """Take the API, the names, and what raises where this process may not write any more."""
        self.api, self.model, self.name, self.allow = api, model, name, allow
        self.path = api.path("apps/v1", "deployments", name)
        self.chosen = urlencode({"labelSelector": f"app.kubernetes.io/name={model},track={track}"})

    def image(self) -> str:
        """Return the image that it asks for."""
        return str(self._container(self.api.again(self._read))[1]["image"])

    def count(self) -> int:
        """Return how many pods it asks for: what an autoscaler has chosen, if it has one."""
        return int(self.api.again(self._read)["spec"].get("replicas", 1))

    def run(self, image: str, before: str = "") -> None:
        """Let it run an image; what ran before is written beside it, or is no longer, if it is empty."""
        self.api.again(lambda: self._run(image, before))

    def scale(self, count: int, known: tuple[int, ...] = ()) -> int:
        """Let it have a number of pods if it has one that is known, or none is; return what it had."""
        return self.api.again(lambda: self._scale(count, known))

    def ready(self) -> tuple[int, str]:
        """Return how many pods of its image serve, and why that is not enough; empty if it is."""
        found = self.api.again(self._read)
        status, wanted = found.get("status", {}), found["spec"].get("replicas", 1)
        if status.get("observedGeneration", 0) < found["metadata"].get("generation", 0):
            return 0, f"{self.name} is not looked at yet"
        updated, there = status.get("updatedReplicas", 0), status.get("replicas", 0)
        available = status.get("availableReplicas", 0)
        serving = min(updated, available)
        if updated >= wanted and there == updated and available >= wanted:
            return serving, ""
        return serving, f"{serving} of {wanted} pods of {self.name} are ready{self._why()}"

    def _why(self) -> str:
        """Return what the containers wait for, or died of."""
        found = self.api.again(lambda: self.api.get(f"{self.api.path('v1', 'pods')}?{self.chosen}")) or {}
        reasons = [reason for pod in found.get("items", []) for reason in _reasons(pod)]
        return "".join(f"; {reason}" for reason in dict.fromkeys(reasons))[:600]

    def _run(self, image: str, before: str) -> None:
        found = self._read()
        index, container = self._container(found)
        if container["image"] == image:
            return
        place = f"/spec/template/spec/containers/{index}"
        patch = [
            _test("/metadata/resourceVersion", found["metadata"]["resourceVersion"]),
            _test(f"{place}/name", container["name"]),
            _test(f"{place}/image", container["image"]),
            {"op": "replace", "path": f"{place}/image", "value": image},
        ]
        annotations = found["metadata"].get("annotations")
        if before and annotations is None:
            patch.append({"op": "add", "path": "/metadata/annotations", "value": {}})
        if before:
            patch.append({"op": "add", "path": f"/metadata/annotations/{BEFORE}", "value": before})
        elif (annotations or {}).get("mlops/before") == image:
            patch.append({"op": "remove", "path": f"/metadata/annotations/{BEFORE}"})
        self.allow()
        self.api.send("PATCH", self.path, patch, JSON_PATCH)

    def _scale(self, count: int, known: tuple[int, ...]) -> int:
        found = self._read()
        there = int(found["spec"].get("replicas", 1))
        if there == count or (known and there not in known):
            return there
        self.allow()
        patch = [
            _test("/metadata/resourceVersion", found["metadata"]["resourceVersion"]),
            {"op": "add", "path": "/spec/replicas", "value": count},
        ]
        self.api.send("PATCH", self.path, patch, JSON_PATCH)
        return there

    def _read(self) -> Object:
        found = self.api.get(self.path)
        if found is None:
            raise RefusedError(f"there is no Deployment {self.name}: `make deploy` brings it")
        return found

    def _container(self, deployment: Object) -> tuple[int, Object]:
        """Return the container that serves: the one of the model's name, or else the only one."""
        containers = deployment["spec"]["template"]["spec"]["containers"]
        for index, each in enumerate(containers):
            if each["name"] == self.model or len(containers) == 1:
                return index, each
        raise RefusedError(f"none of the containers of {self.name} is called {self.model}")


def _reasons(pod: Object) -> list[str]:
    """Return why a pod is not ready, in the words of its containers, or of the scheduler."""
    status, name = pod.get("status", {}), pod["metadata"]["name"]
    told = []
    for each in [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]:
        if (waiting := each.get("state", {}).get("waiting")) and waiting.get("reason") != "ContainerCreating":
            told.append(f"{waiting.get('reason', '')} {waiting.get('message', '')}".strip())
        last = each.get("state", {}).get("terminated") or each.get("lastState", {}).get("terminated")
        if last:
            told.append(f"{last.get('reason', 'ended')} with exit code {last.get('exitCode')}")
    for each in status.get("conditions", []):
        if each.get("type") == "PodScheduled" and each.get("status") == "False":
            told.append(f"{each.get('reason', '')} {each.get('message', '')}".strip())
    return [f"{name}: {', '.join(told)}"] if told else []


def _test(path: str, value: Any) -> Object:
    return {"op": "test", "path": path, "value": value}
