"""How the two kinds of route are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rollout_api import Object

# The rule that has the weights, and that of an A/B test before it.
ROUTE, TEST = "weighted", "ab-test"


@dataclass(frozen=True)
class Shape:
    """How a kind of route is written; `absent` is the weight that a target without one has."""

    group: str
    kind: str
    rules: str
    targets: str
    matches: str
    named: tuple[str, ...]
    absent: int
    mirror: str

    def name(self, target: Any) -> Any:
        """Return what a target is called."""
        for key in self.named:
            target = target.get(key, {})
        return target

    def headed(self, match: Object, header: str, value: str) -> Object:
        """Return a match that asks for a header, too."""
        if self.matches == "match":
            return {**match, "headers": {**match.get("headers", {}), header: {"exact": value}}}
        asked = {"type": "Exact", "name": header, "value": value}
        return {**match, "headers": [*match.get("headers", []), asked]}


# https://istio.io/latest/docs/reference/config/networking/virtual-service/
_SUBSET = ("destination", "subset")
VIRTUAL_SERVICE = Shape(
    "networking.istio.io/v1", "virtualservices", "http", "route", "match", _SUBSET, 0, "mirror"
)
# https://gateway-api.sigs.k8s.io/reference/spec/
HTTP_ROUTE = Shape(
    "gateway.networking.k8s.io/v1", "httproutes", "rules", "backendRefs", "matches", ("name",), 1, "filters"
)
