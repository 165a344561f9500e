"""What is applied to a cluster, and what goes with it when it is no longer asked for.

What is applied is ours whoever changed it since (server-side, by force); what the manifests do not name,
such as the number of pods that an autoscaler owns, is left as it is.
"""

from __future__ import annotations

import json
from typing import Any

import manifests
from kubectl import Kubectl
from manifests import Object, container
from release import said

ENVIRONMENT = "mlops/environment"
MANAGER = "mlops"
OURS = "app.kubernetes.io/managed-by=mlopsc,app.kubernetes.io/name"
# What would go on working against us when the overlay has lost it.
PRUNED = ("HorizontalPodAutoscaler", "NetworkPolicy")
PATIENCE = "600s"


class Applied:
    """The objects of one model in one environment's place."""

    def __init__(self, kubectl: Kubectl, model: str, environment: str) -> None:
        """Take the tool, and whose objects these are."""
        self.kubectl, self.model, self.environment = kubectl, model, environment

    def found(self, name: str) -> Object | None:
        """Return a Deployment, or None; raise ValueError if it is another environment's."""
        look = ("get", "deployment", name, "--ignore-not-found", "--output=json")
        told = self.kubectl.say(*look, "--show-managed-fields")
        if not told.strip():
            return None
        return self.own(json.loads(told))

    def own(self, found: Object) -> Object:
        """Return an object; raise ValueError if it is another environment's."""
        own, metadata = self.environment, found["metadata"]
        if (other := metadata.get("labels", {}).get(ENVIRONMENT, own)) != own:
            kind = found.get("kind", "Deployment")
            raise ValueError(
                f"the {kind} {metadata['name']} in {self.kubectl} belongs to the environment {other}, "
                f"and this is {own}: give each its own cluster or namespace"
            )
        return found

    def apply(self, objects: list[Object], manager: str = MANAGER, *more: str) -> None:
        """Let objects be as they are given."""
        how = ("--server-side", "--force-conflicts", f"--field-manager={manager}", "--filename=-")
        self.kubectl.say("apply", *how, *more, body=manifests.as_list(objects))

    def hand_over(self, there: Object | None, objects: list[Object]) -> None:
        """Leave the number of pods to an autoscaler: a number that we no longer name would become 1."""
        name = there["metadata"]["name"] if there else ""
        deployment = manifests.the_deployment(objects, name)
        if there and deployment and "replicas" not in deployment["spec"] and _numbered(there):
            count = {"replicas": there["spec"]["replicas"]}
            part = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": count}
            self.apply([part], "mlops-autoscaler", "--validate=false")

    def prune(self, objects: list[Object]) -> None:
        """Remove what an earlier overlay had, and this one has not."""
        wanted = {(each["kind"], each["metadata"]["name"]) for each in objects}
        kinds = ",".join(PRUNED).lower()
        told = json.loads(self.kubectl.say("get", kinds, f"--selector={OURS}={self.model}", "--output=json"))
        for each in told["items"]:
            kind, name = each["kind"], each["metadata"]["name"]
            if (kind, name) not in wanted:
                self.remove(kind.lower(), name)

    def remove(self, kind: str, name: str) -> None:
        """Remove one object, if it is there."""
        self.kubectl.do("delete", kind, name, "--ignore-not-found")

    def patch(self, name: str, patch: Any, kind: str) -> None:
        """Change a Deployment in one call."""
        self.kubectl.say("patch", "deployment", name, f"--type={kind}", f"--patch={json.dumps(patch)}")

    def inside(self, selector: str, name: str, *command: str, body: bytes = b"") -> str:
        """Run a command in a container of a pod that runs; raise ChildProcessError where there is none."""
        look = ("get", "pods", f"--selector={selector}", "--field-selector=status.phase=Running")
        found = self.kubectl.say(*look, "--output=name").split()
        if not found:
            raise ChildProcessError(f"no pod serves in {self.kubectl}")
        call = self.kubectl.call("exec", found[0], "--stdin", f"--container={name}")
        return said(*call, "--", *command, body=body)

    def wait(self, name: str) -> None:
        """Wait until a Deployment runs as it is asked to; raise ChildProcessError when it does not."""
        self.kubectl.do("rollout", "status", f"deployment/{name}", f"--timeout={PATIENCE}")


def image(deployment: Object | None) -> str:
    """Return the image of a Deployment; empty where there is none."""
    return str(container(deployment)["image"]) if deployment else ""


def _numbered(deployment: Object) -> bool:
    """Say whether the number of pods is one that we have applied."""
    managed = deployment["metadata"].get("managedFields", [])
    own = (each.get("fieldsV1", {}) for each in managed if each.get("manager") == MANAGER)
    return any("f:replicas" in fields.get("f:spec", {}) for fields in own)
