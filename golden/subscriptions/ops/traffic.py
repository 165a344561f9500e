"""Who gets the traffic now, and all of it back to stable in one patch.

The patch tests the names of what it changes: a route that is not ours is left alone. The old weights are
not tested: whatever they are, they become 100 and 0.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from kubectl import Kubectl

ROUTE = "weighted"
Found = dict[str, Any]


class Mesh:
    """Two weighted targets in the one route of a VirtualService or an HTTPRoute."""

    def __init__(self, kubectl: Kubectl, model: str, kind: str, shape: tuple[str, str, str]) -> None:
        """Take where rules and targets stand, and what names a target, with `/` below it."""
        self.kubectl, self.model, self.kind = kubectl, model, kind
        self.rules, self.targets, self.named = shape

    def share(self) -> float:
        """Return the canary's part of the traffic, 0 to 1; 0 where there is no route yet."""
        found = self.kubectl.found(self.kind, self.model)
        if found is None:
            return 0.0
        _, targets = self._places(found)
        weights = {role: target.get("weight", 0) for role, (_, target) in targets.items()}
        return float(weights["canary"] / (sum(weights.values()) or 1))

    def to_stable(self) -> None:
        """Give stable all of it; raise ValueError for a route that is not ours."""
        found = self.kubectl.found(self.kind, self.model)
        if found is None:
            return
        at, targets = self._places(found)
        rule = f"/spec/{self.rules}/{at}"
        patch: list[Found] = [{"op": "test", "path": f"{rule}/name", "value": ROUTE}]
        for role, weight in (("stable", 100), ("canary", 0)):
            index, target = targets[role]
            place = f"{rule}/{self.targets}/{index}"
            patch.append({"op": "test", "path": f"{place}/{self.named}", "value": self._name(target)})
            patch.append({"op": "add", "path": f"{place}/weight", "value": weight})
        self.kubectl.say("patch", self.kind, self.model, "--type=json", f"--patch={json.dumps(patch)}")

    def _places(self, found: Found) -> tuple[int, dict[str, tuple[int, Found]]]:
        """Return the index of our route, and index and content of its targets, by role."""
        roles = {"stable": "stable", "canary": "canary"}
        roles |= {f"{self.model}-{role}": role for role in ("stable", "canary")}
        for at, rule in enumerate(found["spec"].get(self.rules, [])):
            if rule.get("name") == ROUTE:
                named = [(roles.get(self._name(each)), each) for each in rule[self.targets]]
                there = {role: (index, each) for index, (role, each) in enumerate(named) if role}
                if len(there) == len(named) == 2:
                    return at, there
        raise ValueError(
            f"{self.kind} {self.model} has no route {ROUTE} to stable and canary: it is not ours"
        )

    def _name(self, target: Found) -> str:
        found: Any = target
        for key in self.named.split("/"):
            found = found.get(key, {})
        return str(found)


class Pods:
    """No mesh: whoever has pods has traffic, and the canary's have none when there are none."""

    def __init__(self, kubectl: Kubectl, model: str) -> None:
        """Take the tool and the model."""
        self.kubectl, self.canary = kubectl, f"{model}-canary"

    def share(self) -> float:
        """Return 1 where the canary has pods, else 0: only that is asked."""
        found = self.kubectl.found("deployment", self.canary)
        return float(bool(found and found["spec"].get("replicas", 1)))

    def to_stable(self) -> None:
        """Let the canary have no pods."""
        self.kubectl.say("scale", "deployment", self.canary, "--replicas=0")


Traffic = Mesh | Pods
_SHAPES: dict[str, Callable[[Kubectl, str], Traffic]] = {
    "istio": lambda kubectl, model: Mesh(
        kubectl, model, "virtualservices.networking.istio.io", ("http", "route", "destination/subset")
    ),
    "gateway-api": lambda kubectl, model: Mesh(
        kubectl, model, "httproutes.gateway.networking.k8s.io", ("rules", "backendRefs", "name")
    ),
    "none": Pods,
}


def traffic(provider: str, kubectl: Kubectl, model: str) -> Traffic:
    """Return what shifts the traffic of a provider whose pods are two Deployments."""
    return _SHAPES[provider](kubectl, model)
