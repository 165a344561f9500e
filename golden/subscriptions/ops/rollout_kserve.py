"""The two modes of KServe: where the image and the share of what is on trial stand.

standard  it is an entry of spec.canary[] with a share of its own, and is promoted by giving its name and
          image to spec.predictor, without a restart (https://github.com/kserve/kserve/pull/5672)
knative   it is the latest revision, with canaryTrafficPercent; without that field the latest revision that
          is ready has all of the traffic, and with it the one before has the rest
"""

from __future__ import annotations

import copy
import math

from rollout_api import Object
from rollout_inference import Inference
from rollout_split import Split
from rollout_trials import (
    BEFORE,
    PREDICTOR,
    canaries,
    condition,
    container,
    imaged,
    noted,
    percent,
    put,
)

FEWEST = 2


class Knative(Inference):
    """Revisions: an image is changed together with the share of it, so that it never has all at once."""

    def _stable(self, found: Object) -> str:
        before = found["metadata"].get("annotations", {}).get(BEFORE, "")
        return str(before) if percent(found) is not None and before else super()._stable(found)

    def _split(self, found: Object) -> Split:
        return Split(percent(found) or 0)

    def _started(self, found: Object, image: str, share: float) -> list[Object]:
        del share
        if percent(found) is not None and super()._stable(found) == image:
            return []
        stable = self._stable(found)
        return [*imaged(found, image), *put("canaryTrafficPercent", 0), *noted(found, stable)]

    def _unready(self, found: Object) -> str:
        told = found.get("status", {}).get("components", {}).get("predictor", {})
        latest = told.get("latestCreatedRevision")
        if latest and latest == told.get("latestReadyRevision"):
            return ""
        return condition(found, "PredictorReady") or f"the revision {latest} is not ready"

    def _shared(self, found: Object, part: int) -> list[Object]:
        # Without a canary there is nothing to take traffic from.
        return put("canaryTrafficPercent", part) if percent(found) is not None else []

    def _replaced(self, found: Object, image: str) -> list[Object]:
        off = [{"op": "remove", "path": f"{PREDICTOR}/canaryTrafficPercent"}]
        return [*imaged(found, image), *(off if percent(found) is not None else [])]

    def _stopped(self, found: Object) -> list[Object]:
        if percent(found) is None:
            return []
        return [*self._replaced(found, self._stable(found)), *noted(found, "")]


class Standard(Inference):
    """Deployments: the canary is an entry of its own, with all that stable has but the image."""

    def _split(self, found: Object) -> Split:
        return Split(sum(each.get("trafficPercent", 0) for each in canaries(found)))

    def _started(self, found: Object, image: str, share: float) -> list[Object]:
        predictor = found["spec"]["predictor"]
        pods = max(FEWEST, math.ceil(share * predictor.get("minReplicas", 1)))
        trials = canaries(found)
        if len(trials) == 1 and _runs(trials[0]["predictor"], image):
            there = trials[0]["predictor"].get("minReplicas", 0)
            place = "/spec/canary/0/predictor/minReplicas"
            return [{"op": "add", "path": place, "value": pods}] if there < pods else []
        containers = copy.deepcopy(predictor["containers"])
        container(containers)["image"] = image
        # A name of its own beside stable's, which has that of the version that it was on trial as.
        name = f"v{image.rpartition('-v')[2]}"
        name += "r" if predictor.get("name") == name else ""
        trial = {"name": name, "minReplicas": pods, "containers": containers}
        return [{"op": "add", "path": "/spec/canary", "value": [{"trafficPercent": 0, "predictor": trial}]}]

    def _unready(self, found: Object) -> str:
        names = {each["predictor"]["name"] for each in canaries(found)}
        told = {each["name"]: each for each in found.get("status", {}).get("canaryStatuses", [])}
        unready = [name for name in sorted(names) if not told.get(name, {}).get("ready")]
        if not unready:
            return ""
        failed = told.get(unready[0], {}).get("modelStatus", {}).get("lastFailureInfo", {}).get("message")
        return failed or condition(found, "CanaryReady") or f"the canary {unready[0]} is not ready"

    def _shared(self, found: Object, part: int) -> list[Object]:
        patch = []
        for index, each in enumerate(canaries(found)):
            place = f"/spec/canary/{index}"
            patch.append(
                {"op": "test", "path": f"{place}/predictor/name", "value": each["predictor"]["name"]}
            )
            patch.append({"op": "add", "path": f"{place}/trafficPercent", "value": part})
        return patch

    def _replaced(self, found: Object, image: str) -> list[Object]:
        trial = [each["predictor"]["name"] for each in canaries(found) if _runs(each["predictor"], image)]
        named = put("name", trial[0]) if trial else []
        return [*imaged(found, image), *named, *self._stopped(found)]

    def _stopped(self, found: Object) -> list[Object]:
        return [{"op": "remove", "path": "/spec/canary"}] if "canary" in found["spec"] else []


def _runs(predictor: Object, image: str) -> bool:
    """Say whether a predictor runs an image."""
    return any(each.get("image") == image for each in predictor.get("containers", []))
