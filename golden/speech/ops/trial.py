"""An InferenceService, changed by the code by which the controller changes it: kubectl is its network."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kubectl import Kubectl
from manifests import Object
from rollout_api import Api, RefusedError, SilentError
from rollout_providers import provider
from rollout_split import NOTHING
from rollout_trials import BEFORE, noted, percent

KIND = "inferenceservices.serving.kserve.io"
# Of every pod of an InferenceService, and of the revisions of Knative.
SERVICE, REVISION = "serving.kserve.io/inferenceservice", "serving.knative.dev/revision"
CONTAINER = "kserve-container"


class Trial:
    """The InferenceService of a model: what is stable in it, and what is on trial.

    Its methods raise ChildProcessError where the cluster does not do it, also after a few attempts.
    """

    def __init__(self, kubectl: Kubectl, model: str, rollout: dict[str, Any]) -> None:
        """Take the tool, the model, and the steps and limits."""
        self.kubectl, self.model = kubectl, model
        api = Api(self._sent, time.sleep, "", kubectl.namespace)
        # Whoever deploys needs no Lease to write.
        self.led = provider({**rollout, "route": model}, api, lambda: None, "")

    def found(self) -> Object | None:
        """Return the InferenceService; None where there is none."""
        return self.kubectl.found(KIND, self.model)

    def image(self) -> str:
        """Return the image of stable, also while another is on trial; the InferenceService is there."""
        with _plainly():
            return self.led.image()

    def before(self) -> str:
        """Return the image that ran before stable's; empty where that is not known."""
        return _before(self.found() or {"metadata": {}})

    def share(self) -> float:
        """Return the part of the traffic that what is on trial has, 0 to 1."""
        with _plainly():
            return self.led.split().canary / 100

    def to_stable(self) -> bool:
        """Give stable all of the traffic; say whether it had not all of it."""
        with _plainly():
            return self.led.shift(NOTHING, ()) != NOTHING

    def replace(self, image: str, before: str = "") -> None:
        """Let stable have an image, and nothing be on trial any more; keep what ran before beside it."""
        with _plainly():
            self.led.replace(image, before)

    def stop(self) -> None:
        """Let nothing be on trial any more."""
        with _plainly():
            self.led.stop()

    def restore(self, there: Object) -> None:
        """Let stable be as it once was, and nothing be on trial."""
        self.stop()
        found = self.found() or there
        former = {"op": "replace", "path": "/spec/predictor", "value": there["spec"]["predictor"]}
        patch = json.dumps([former, *noted(found, _before(there))])
        self.kubectl.say("patch", KIND, self.model, "--type=json", f"--patch={patch}")

    def complaint(self) -> str:
        """Return why stable is not ready; empty when it is."""
        with _plainly():
            return self.led.settled()[1]

    def pod(self) -> str:
        """Return a pod that serves stable and is not about to go; raise ChildProcessError without one."""
        found, runs = self.found(), self.image()
        look = ("get", "pods", f"--selector={SERVICE}={self.model}", "--field-selector=status.phase=Running")
        revision = _revision(found or {})
        for each in json.loads(self.kubectl.say(*look, "--output=json"))["items"]:
            metadata, containers = each["metadata"], each["spec"]["containers"]
            # Knative writes the digest in place of the tag, and says of which revision a pod is.
            of_revision = bool(revision) and metadata.get("labels", {}).get(REVISION) == revision
            of_image = any(one["name"] == CONTAINER and one["image"] == runs for one in containers)
            if (of_revision or of_image) and "deletionTimestamp" not in metadata:
                return str(metadata["name"])
        raise ChildProcessError(f"no pod of {self.model} serves in {self.kubectl}")

    def _sent(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], timeout: float
    ) -> tuple[int, bytes]:
        """Do one call of the controller's code: each is about the InferenceService."""
        del path, headers, timeout
        if method == "GET":
            told = self.kubectl.say("get", KIND, self.model, "--ignore-not-found", "--output=json")
            return (200 if told.strip() else 404), told.encode()
        patch = f"--patch={(body or b'').decode()}"
        # What somebody has written meanwhile fails here, and is read again.
        told = self.kubectl.say("patch", KIND, self.model, "--type=json", patch, "--output=json")
        return 200, told.encode()


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except (RefusedError, SilentError) as fault:
        raise ChildProcessError(str(fault)) from None


def _before(found: Object) -> str:
    return str(found["metadata"].get("annotations", {}).get(BEFORE, ""))


def _revision(found: Object) -> str:
    """Return the revision of stable, by Knative; empty where there are none."""
    told = found.get("status", {}).get("components", {}).get("predictor", {})
    tried = percent(found) is not None if found else False
    return str(told.get("latestRolledoutRevision" if tried else "latestReadyRevision", ""))
