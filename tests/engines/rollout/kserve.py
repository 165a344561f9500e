"""KServe's two modes, as far as a rollout sees them: which pods there are, and who gets the requests."""

import json
from dataclasses import dataclass
from typing import Any

from tests.engines.rollout.cluster import CANARY, CONFIG, LEASE, STABLE, START, Cluster
from tests.engines.rollout.pods import Kind, Object

SERVICE = "/apis/serving.kserve.io/v1beta1/namespaces/ml/inferenceservices/churn"
KSERVE = {**CONFIG, "provider": "kserve", "mode": "standard", "stable": "churn", "canary": "churn"}


@dataclass
class Pods:
    """The pods of one image under one name; they are ready some time after they were asked for."""

    name: str
    image: str
    born: float


class KServe(Cluster):
    """A cluster with an InferenceService in place of Deployments and a route."""

    labels = 'model="churn",environment="production",version="8"'

    def __init__(self, mode: str, **kinds: Kind) -> None:
        self.stable, self.trial = Pods("", STABLE, 0.0), None
        # Of Knative: the latest revision, and the last that had all of the traffic.
        self.latest = self.rolled = self.stable
        super().__init__({**KSERVE, "mode": mode}, **kinds)

    def image(self) -> str:
        return self._predictor["containers"][0]["image"]  # type: ignore[no-any-return]

    def weight(self) -> int:
        if self.config["mode"] == "knative":
            return self._predictor.get("canaryTrafficPercent", 0)  # type: ignore[no-any-return]
        return sum(each["trafficPercent"] for each in self._spec.get("canary", []))

    def images(self, track: str = "stable") -> set[str]:
        return {self.rolled.image if self.config["mode"] == "knative" else self.stable.image}

    @property
    def _spec(self) -> Object:
        return self.objects.get(SERVICE)["spec"]  # type: ignore[no-any-return]

    @property
    def _predictor(self) -> Object:
        return self._spec["predictor"]  # type: ignore[no-any-return]

    def _ready(self, pods: Pods) -> bool:
        kind = self.kinds.get(pods.image, Kind())
        return not kind.fault and self.now - pods.born >= kind.ready

    def _pass(self, seconds: float) -> None:
        self._serve(seconds)
        self.now += seconds
        status = self._knative() if self.config["mode"] == "knative" else self._standard()
        generation = self.objects.get(SERVICE)["metadata"]["generation"]
        self.objects.status(SERVICE, {"observedGeneration": generation, **status})

    def _knative(self) -> Object:
        image, percent = self.image(), self._predictor.get("canaryTrafficPercent")
        if image != self.latest.image:
            self.latest = Pods(f"churn-{self.objects.version}", image, self.now)
        if percent is None and self._ready(self.latest):
            self.rolled = self.latest
        ready = self._ready(self.latest)
        told = {
            "latestCreatedRevision": self.latest.name,
            "latestReadyRevision": self.latest.name if ready else "",
        }
        return {
            "components": {"predictor": told},
            "conditions": self._conditions(ready, "PredictorReady", "Ready"),
        }

    def _standard(self) -> Object:
        canaries = self._spec.get("canary", [])
        assert len(canaries) <= 1
        trial, name = self.trial, self._predictor.get("name", "")
        if name != self.stable.name:
            assert trial and trial.name == name, "a promotion takes the canary's name"
            self.stable = trial
        elif self.stable.image != self.image():
            # A rolling update, by which the pods of before serve until others do.
            self.stable = Pods(name, self.image(), self.now - 1e6)
        if not canaries:
            self.trial = None
        elif trial is None or trial.name != canaries[0]["predictor"]["name"]:
            asked = canaries[0]["predictor"]
            assert asked["name"] != name and asked["minReplicas"] >= 2
            self.trial = Pods(asked["name"], asked["containers"][0]["image"], self.now)
        if self.trial is None:
            return {"conditions": self._conditions(True, "Ready")}
        told: Object = {"name": self.trial.name, "ready": self._ready(self.trial)}
        if not told["ready"]:
            fault = self.kinds.get(self.trial.image, Kind()).fault or "Pending"
            told["modelStatus"] = {"transitionStatus": "InProgress", "lastFailureInfo": {"message": fault}}
        return {
            "canaryStatuses": [told],
            "conditions": self._conditions(told["ready"], "CanaryReady", "Ready"),
        }

    def _conditions(self, ready: bool, *kinds: str) -> list[Object]:
        fault = self.kinds[CANARY].fault or "Pending"
        return [
            {
                "type": kind,
                "status": str(ready),
                **({} if ready else {"reason": fault, "message": "no pod is ready"}),
            }
            for kind in kinds
        ]

    def _serve(self, seconds: float) -> None:
        trial = self.latest if self.config["mode"] == "knative" else self.trial
        share = self.weight() / 100
        if not seconds or not share or trial is None:
            return
        if not self._ready(trial):
            self.unanswered += self.traffic * share * seconds
            return
        kind, count = self.kinds.get(trial.image, Kind()), self.traffic * share * seconds
        self.counted["canary"].add(self.now + seconds, count, count * kind.errors, count * kind.slow)

    def _check(self) -> None:
        if (now := self.weight()) != self.weights[-1][1]:
            self.weights.append((self.now, now))
        drained = self.now - self.weights[-1][0] >= self.config["drain_seconds"] - 0.1
        gone = self.trial and not self._spec.get("canary") and not self._promoted()
        if self.now > START + 60 and gone and not drained:
            self.broken.append("the canary is gone before it was drained")

    def _promoted(self) -> bool:
        return bool(self.trial) and self._predictor.get("name") == self.trial.name

    def _fill(self) -> None:
        container: dict[str, Any] = {
            "name": "kserve-container",
            "image": STABLE,
            "ports": [{"containerPort": 8080}],
        }
        spec = {"predictor": {"minReplicas": 4, "containers": [container]}}
        self.objects.add(SERVICE, {"metadata": {"name": "churn"}, "spec": spec})
        asked = {"version": "8", "image": CANARY, "phase": "requested"}
        annotations = {"mlops/rollout": json.dumps(asked)}
        self.objects.add(
            LEASE, {"metadata": {"name": "churn-rollout", "annotations": annotations}, "spec": {}}
        )
