"""The two kinds of route, as they lie in the API server."""

import copy
from dataclasses import dataclass
from typing import Any

from tests.engines.rollout.objects import Objects

Object = dict[str, Any]


@dataclass(frozen=True)
class RouteKind:
    """Where weights and copies stand in a route."""

    path: str
    rules: str
    targets: str
    absent: int

    def weights(self, objects: Objects) -> list[int]:
        targets = objects.get(self.path)["spec"][self.rules][1][self.targets]
        return [each.get("weight", self.absent) for each in targets]

    def mirrored(self, objects: Objects) -> bool:
        rule = objects.get(self.path)["spec"][self.rules][1]
        if self.rules == "http":
            assert "mirror" not in rule or rule["mirror"]["subset"] == "canary"
            return bool(rule.get("mirror")) and rule["mirrorPercentage"]["value"] == 100
        found = [each for each in rule.get("filters", []) if each["type"] == "RequestMirror"]
        assert all(
            each["requestMirror"]["backendRef"] == {"name": "churn-canary", "port": 80} for each in found
        )
        return bool(found)

    def write(self, objects: Objects, stable: int, canary: int) -> None:
        found = copy.deepcopy(objects.get(self.path))
        one, two = found["spec"][self.rules][1][self.targets]
        one["weight"], two["weight"] = stable, canary
        objects.replace(self.path, found)

    def fill(self, objects: Objects) -> None:
        """Another rule stands before ours: it is found by its name."""
        other: Object = {"name": "ab-test", self.targets: [{"weight": 100}]}
        rule: Object = {"name": "weighted", self.targets: self._targets(), "timeout": "30s"}
        if self.rules == "rules":
            rule["filters"] = [
                {"type": "RequestHeaderModifier", "requestHeaderModifier": {"remove": ["x-a"]}}
            ]
        objects.add(self.path, {"metadata": {"name": "churn"}, "spec": {self.rules: [other, rule]}})

    def _targets(self) -> list[Object]:
        if self.rules == "http":
            # The API server leaves out no weight, but other tools that write 0 do.
            return [
                {"destination": {"host": "churn", "subset": "stable"}, "weight": 100},
                {"destination": {"host": "churn", "subset": "canary"}},
            ]
        return [
            {"name": "churn-stable", "port": 80, "weight": 100},
            {"name": "churn-canary", "port": 80, "weight": 0},
        ]


ROUTES = {
    "istio": RouteKind(
        "/apis/networking.istio.io/v1/namespaces/ml/virtualservices/churn", "http", "route", 0
    ),
    "gateway-api": RouteKind(
        "/apis/gateway.networking.k8s.io/v1/namespaces/ml/httproutes/churn", "rules", "backendRefs", 1
    ),
}
