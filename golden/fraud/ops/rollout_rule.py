"""The rule of an A/B test: whoever has the header of the canary's arm goes there, whatever the weights say.

Istio takes the first rule that matches, the Gateway API the one that matches the most headers: a rule that
stands before `weighted`, and asks for the header beside all that `weighted` asks for, is the one by both.
"""

from __future__ import annotations

from rollout_api import Object
from rollout_shapes import TEST, Shape

TREATMENT = "treatment"
# What a copy of each request would be, which no arm gets.
MIRRORS = ("mirror", "mirrors", "mirrorPercentage", "mirror_percent")


def rule(shape: Shape, weighted: Object, canary: Object, header: str) -> Object:
    """Return the rule: all that `weighted` says of timeouts and the like, but the canary alone."""
    left = ("name", shape.targets, shape.matches, *MIRRORS)
    kept = {name: value for name, value in weighted.items() if name not in left}
    if filters := [each for each in kept.pop("filters", []) if each.get("type") != "RequestMirror"]:
        kept["filters"] = filters
    return {
        "name": TEST,
        shape.matches: _matches(shape, weighted, header),
        shape.targets: [{**canary, "weight": 100}],
        **kept,
    }


def sound(shape: Shape, rules: list[Object], at: int, canary: str, header: str) -> bool:
    """Say whether the rules have the one of a test as it should be; `at` is the index of `weighted`."""
    (first, *others) = places(rules)
    targets = rules[first].get(shape.targets) or []
    return (
        not others
        and first < at
        and rules[first].get(shape.matches) == _matches(shape, rules[at], header)
        and [shape.name(each) for each in targets] == [canary]
    )


def places(rules: list[Object]) -> list[int]:
    """Return where rules of a test stand."""
    return [index for index, each in enumerate(rules) if each.get("name") == TEST]


def removed(shape: Shape, rules: list[Object]) -> list[Object]:
    """Return the part of a JSON patch that takes away every rule of a test."""
    patch: list[Object] = []
    # The last first: the others stay where they are.
    for index in reversed(places(rules)):
        place = f"/spec/{shape.rules}/{index}"
        patch.append({"op": "test", "path": f"{place}/name", "value": TEST})
        patch.append({"op": "remove", "path": place})
    return patch


def _matches(shape: Shape, weighted: Object, header: str) -> list[Object]:
    return [shape.headed(each, header, TREATMENT) for each in weighted.get(shape.matches) or [{}]]
