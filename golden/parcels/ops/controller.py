"""The controller of a rollout in the cluster: its programs as a ConfigMap, and the Job that runs them.

It runs in the image of the version that serves, which has Python and is on the nodes already; it sees
neither the registry nor the model.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from course import Course
from kubectl import Kubectl
from manifests import Object, as_list

PROGRAMS, PORT = "rollout*.py", 8081
# Exit code of a version that was taken back: trying again would not help.
TAKEN_BACK = 3
# A pod in such a state does not get better by itself.
STUCK = frozenset(
    {
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "CreateContainerConfigError",
        "ErrImageNeverPull",
    }
)
# A pod that fails is tried again after at most six minutes, over the weeks of an A/B test more often.
ATTEMPTS, OF_WEEKS = 6, 300
DAY = 86400


class Controller:
    """Our controller's Job and its ConfigMap."""

    def __init__(self, kubectl: Kubectl, model: str, namespace: str, rollout: dict[str, Any]) -> None:
        """Take the tool, whose rollout it is, and the steps and limits of the environment."""
        self.kubectl, self.name = kubectl, f"{model}-rollout"
        names = {"lease": self.name, "stable": f"{model}-stable", "canary": f"{model}-canary", "route": model}
        self.config = {**rollout, "model": model, "namespace": namespace, **names}
        self.labels = {
            "app.kubernetes.io/managed-by": "mlopsc",
            "app.kubernetes.io/name": self.name,
            "app.kubernetes.io/part-of": model,
        }

    def start(self, version: str, pods: Object, image: str) -> None:
        """Let it run in an image, unless it does; one that ended before the rollout did starts again.

        `pods` says how those of what serves get their images.
        """
        found = self.kubectl.found("job", self._job(version))
        if found and not _ended(found):
            return
        if found:
            self.kubectl.do("delete", "job", self._job(version), "--ignore-not-found")
        programs = self._programs()
        objects = [programs, self._run(version, programs["metadata"]["name"], pods, image)]
        self.kubectl.say("apply", "--server-side", "--force-conflicts", "--field-manager=mlops",
                         "--filename=-", body=as_list(objects))  # fmt: skip

    def started(self, version: str) -> bool:
        """Say whether there is such a Job."""
        return self.kubectl.found("job", self._job(version)) is not None

    def trouble(self, course: Course) -> str:
        """Return why it does not run and never will; empty while it may."""
        found = self.kubectl.found("job", self._job(course.version))
        if found is None:
            return f"the Job {self._job(course.version)} is gone"
        if condition := _ended(found):
            return f"the controller has failed: {condition.get('message') or condition.get('reason', '')}"
        return "" if course.begun else self._stuck(course.version)

    def remove(self, version: str) -> None:
        """Stop it."""
        self.kubectl.do("delete", "job", self._job(version), "--ignore-not-found")

    def _stuck(self, version: str) -> str:
        """Return why no pod of it comes up."""
        job = self._job(version)
        look = ("get", "pods", f"--selector=job-name={job}", "--output=json")
        for pod in json.loads(self.kubectl.say(*look))["items"]:
            for each in pod.get("status", {}).get("containerStatuses", []):
                waiting = each.get("state", {}).get("waiting", {})
                if waiting.get("reason") in STUCK:
                    told = f"{waiting['reason']} {waiting.get('message', '')}".strip()
                    return f"the controller does not start: {told}"
        selector = f"--field-selector=involvedObject.kind=Job,involvedObject.name={job},reason=FailedCreate"
        events = json.loads(self.kubectl.say("get", "events", selector, "--output=json"))["items"]
        return f"the controller does not start: {events[-1].get('message', '')}" if events else ""

    def _job(self, version: str) -> str:
        return f"{self.name}-v{version}"

    def _programs(self) -> Object:
        """Return the programs, under a name that others do not have: who runs keeps what it began with."""
        data = {path.name: path.read_text(encoding="utf-8") for path in sorted(Path("ops").glob(PROGRAMS))}
        data["rollout.json"] = json.dumps(self.config, indent=2)
        digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:10]
        return {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": f"{self.name}-{digest}", "labels": self.labels},
            "immutable": True,
            "data": data,
        }

    def _run(self, version: str, programs: str, pods: Object, image: str) -> Object:
        scraped = {"scrape": "true", "port": str(PORT), "path": "/metrics"}
        pod = {
            "serviceAccountName": self.name,
            "restartPolicy": "Never",
            "enableServiceLinks": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 10001,
                "runAsGroup": 10001,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            **({"imagePullSecrets": pods["imagePullSecrets"]} if "imagePullSecrets" in pods else {}),
            "containers": [_container(image)],
            "volumes": [{"name": "programs", "configMap": {"name": programs}}],
        }
        return {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": self._job(version), "labels": self.labels},
            "spec": {
                "backoffLimit": OF_WEEKS if "ab_test" in self.config else ATTEMPTS,
                "ttlSecondsAfterFinished": DAY,
                "podFailurePolicy": {"rules": _RULES},
                "template": {
                    "metadata": {
                        # A proxy would keep the Job alive.
                        "labels": {**self.labels, "sidecar.istio.io/inject": "false"},
                        "annotations": {f"prometheus.io/{key}": value for key, value in scraped.items()},
                    },
                    "spec": pod,
                },
            },
        }


_RULES = [
    {
        "action": "FailJob",
        "onExitCodes": {"containerName": "rollout", "operator": "In", "values": [TAKEN_BACK]},
    },
    # A node that is drained says nothing of the controller: it goes on elsewhere.
    {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
]


def _container(image: str) -> Object:
    def field(path: str) -> Object:
        return {"valueFrom": {"fieldRef": {"fieldPath": path}}}

    return {
        "name": "rollout",
        "image": image,
        "command": ["python", "-B", "/rollout/rollout.py"],
        "env": [{"name": "POD_NAME", **field("metadata.name")}],
        "ports": [{"name": "http-metrics", "containerPort": PORT}],
        "resources": {
            "requests": {"cpu": "20m", "memory": "64Mi"},
            "limits": {"memory": "128Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "programs", "mountPath": "/rollout", "readOnly": True}],
    }


def _ended(job: Object) -> Object | None:
    """Return why a Job has ended: its condition; None while it runs."""
    conditions = job.get("status", {}).get("conditions", [])
    done = [
        each for each in conditions if each["type"] in ("Complete", "Failed") and each["status"] == "True"
    ]
    return next(iter(done), None)
