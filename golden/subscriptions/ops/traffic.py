"""Who gets the traffic now, and all of it back to stable in one patch.

The patch tests the names of what it changes: a route that is not ours is left alone. The old weights are
not tested: whatever they are, they become 100 and 0, and the rule of an A/B test goes with them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from kubectl import Kubectl

ROUTE, TEST = "weighted", "ab-test"
# The controller takes it back at the same time: what was read may be another route by then.
ATTEMPTS = 4
Found = dict[str, Any]


class Mesh:
    """Two weighted targets in the one route of a VirtualService or an HTTPRoute."""

    def __init__(self, kubectl: Kubectl, model: str, kind: str, shape: tuple[str, str, str]) -> None:
        """Take where rules and targets stand, and what names a target, with `/` below it."""
        self.kubectl, self.model, self.kind = kubectl, model, kind
        self.rules, self.targets, self.named = shape

    def given(self) -> str:
        """Return in words what the canary gets, by weight or by the rule of a test; empty for nothing."""
        found = self.kubectl.found(self.kind, self.model)
        if found is None:
            return ""
        _, targets = self._places(found)
        weights = {role: target.get("weight", 0) for role, (_, target) in targets.items()}
        share = weights["canary"] / (sum(weights.values()) or 1)
        tested = f"the rule {TEST}" if self._tests(found) else ""
        return f"{100 * share:g} % of the traffic" if share else tested

    def to_stable(self) -> None:
        """Give stable all of it; raise ValueError for a route that is not ours."""
        for left in reversed(range(ATTEMPTS)):
            if (found := self.kubectl.found(self.kind, self.model)) is None:
                return
            try:
                self._give(found)
                return
            except ChildProcessError:
                if not left:
                    raise

    def _give(self, found: Found) -> None:
        at, targets = self._places(found)
        rule = f"/spec/{self.rules}/{at}"
        patch: list[Found] = [{"op": "test", "path": f"{rule}/name", "value": ROUTE}]
        for role, weight in (("stable", 100), ("canary", 0)):
            index, target = targets[role]
            place = f"{rule}/{self.targets}/{index}"
            patch.append({"op": "test", "path": f"{place}/{self.named}", "value": self._name(target)})
            patch.append({"op": "add", "path": f"{place}/weight", "value": weight})
        # The last first: all others stay where they are.
        for index in reversed(self._tests(found)):
            place = f"/spec/{self.rules}/{index}"
            patch.append({"op": "test", "path": f"{place}/name", "value": TEST})
            patch.append({"op": "remove", "path": place})
        self.kubectl.say("patch", self.kind, self.model, "--type=json", f"--patch={json.dumps(patch)}")

    def _tests(self, found: Found) -> list[int]:
        rules = enumerate(found["spec"].get(self.rules, []))
        return [index for index, rule in rules if rule.get("name") == TEST]

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

    def given(self) -> str:
        """Return what the canary gets, in words; empty where it has no pods: only that is asked."""
        found = self.kubectl.found("deployment", self.canary)
        return "pods" if found and found["spec"].get("replicas", 1) else ""

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
