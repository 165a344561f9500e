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

    def all(self, objects: Objects) -> list[Object]:
        found: list[Object] = objects.get(self.path)["spec"][self.rules]
        return found

    def weighted(self, objects: Objects) -> Object:
        (rule,) = [each for each in self.all(objects) if each["name"] == "weighted"]
        return rule

    def tested(self, objects: Objects) -> bool:
        """Where a request of the treatment goes by the mesh's own order: by a header's rule, to the canary."""
        rules = [each for each in self.all(objects) if each["name"] != "inner"]
        if self.rules == "http":
            first = next(each for each in rules if all(map(_headed, each.get("match", []))))
        else:
            # The most headers that match; of the same number the first.
            first = max(rules, key=lambda each: sum(map(_headed, each.get("matches", []))))
        if first["name"] == "weighted":
            return False
        (target,) = first[self.targets]
        assert first["name"] == "ab-test"
        assert target.get("name", target.get("destination", {}).get("subset")) in ("canary", "churn-canary")
        assert first.get("timeout") == "30s", "who is tested waits as long as all others"
        return True

    def weights(self, objects: Objects) -> list[int]:
        targets = self.weighted(objects)[self.targets]
        return [each.get("weight", self.absent) for each in targets]

    def mirrored(self, objects: Objects) -> bool:
        rule = self.weighted(objects)
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
        (rule,) = [each for each in found["spec"][self.rules] if each["name"] == "weighted"]
        one, two = rule[self.targets]
        one["weight"], two["weight"] = stable, canary
        objects.replace(self.path, found)

    def fill(self, objects: Objects) -> None:
        """Another rule stands before ours: it is found by its name."""
        other: Object = {"name": "inner", self.targets: [{"weight": 100}]}
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


def _headed(match: Object) -> bool:
    """Whether a match lets a request of the treatment through by its header."""
    headers = match.get("headers", {})
    if isinstance(headers, dict):
        return bool(headers == {"x-mlops-arm": {"exact": "treatment"}})
    return bool(headers == [{"type": "Exact", "name": "x-mlops-arm", "value": "treatment"}])


ROUTES = {
    "istio": RouteKind(
        "/apis/networking.istio.io/v1/namespaces/ml/virtualservices/churn", "http", "route", 0
    ),
    "gateway-api": RouteKind(
        "/apis/gateway.networking.k8s.io/v1/namespaces/ml/httproutes/churn", "rules", "backendRefs", 1
    ),
}
