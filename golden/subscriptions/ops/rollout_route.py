"""Who gets how much: two weights, and the rule of an A/B test, changed only while they are what was read.

A JSON patch tests the names, the old weights and the version of the object, so that nobody's change is
lost, and changes all at once: weights are never 0 and 0, their sum is 100, and no id is without its rule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import rollout_rule
from rollout_api import JSON_PATCH, Api, Object, RefusedError
from rollout_shapes import ROUTE, Shape
from rollout_split import Split


class Route:
    """The route of a model in the cluster."""

    def __init__(self, api: Api, name: str, shape: Shape, stable: str, canary: str, header: str = "") -> None:
        """Take the API, the route's name and kind, what the targets are called in it, and a test's header."""
        self.api, self.shape, self.names, self.header = api, shape, (stable, canary), header
        self.path = api.path(shape.group, shape.kind, name)

    def split(self) -> Split:
        """Return what the route says; raise RefusedError where it is not one of ours."""
        return self._found(self._read())

    def shift(self, wanted: Split, known: tuple[Split, ...], allow: Callable[[], None]) -> Split:
        """Write what is wanted, if the route says one of what is known (or anything, if that is empty).

        Returns what it said before; the route is untouched where that is not known. `allow` is called
        between reading and writing, and raises where this process may not write any more.
        """
        return self.api.again(lambda: self._once(wanted, known, allow))

    def _once(self, wanted: Split, known: tuple[Split, ...], allow: Callable[[], None]) -> Split:
        route = self._read()
        before = self._found(route)
        if before == wanted or (known and before not in known):
            return before
        allow()
        self.api.send("PATCH", self.path, self._patch(route, wanted), JSON_PATCH)
        return before

    def _patch(self, route: Object, wanted: Split) -> list[Object]:
        at, targets = self._places(route)
        rules = route["spec"][self.shape.rules]
        rule = f"/spec/{self.shape.rules}/{at}"
        patch = [
            _test("/metadata/resourceVersion", route["metadata"]["resourceVersion"]),
            _test(f"{rule}/name", ROUTE),
        ]
        weights = (100 - wanted.canary, wanted.canary)
        for name, (index, target), weight in zip(self.names, targets, weights, strict=True):
            place = f"{rule}/{self.shape.targets}/{index}"
            patch.append(_test(f"{place}/{'/'.join(self.shape.named)}", name))
            if "weight" in target:
                patch.append(_test(f"{place}/weight", target["weight"]))
            patch.append({"op": "add", "path": f"{place}/weight", "value": weight})
        patch += self._mirroring(rule, rules[at], targets[1][1], wanted)
        # After all that goes by the index of `weighted`, which these move.
        patch += rollout_rule.removed(self.shape, rules)
        if wanted.tested:
            first = at - sum(each < at for each in rollout_rule.places(rules))
            added = rollout_rule.rule(self.shape, rules[at], targets[1][1], self.header)
            patch.append({"op": "add", "path": f"/spec/{self.shape.rules}/{first}", "value": added})
        return patch

    def _mirroring(self, place: str, rule: Object, canary: Object, wanted: Split) -> list[Object]:
        """Return what turns the copy to the canary on or off; nothing where it is as it should be."""
        if self._mirrored(rule) == wanted.mirrored:
            return []
        if self.shape.mirror == "mirror":
            there = [name for name in ("mirror", "mirrorPercentage") if name in rule]
            off = [{"op": "remove", "path": f"{place}/{name}"} for name in there]
            copied = {"mirror": canary["destination"], "mirrorPercentage": {"value": 100.0}}
            on = [{"op": "add", "path": f"{place}/{name}", "value": value} for name, value in copied.items()]
            return [*off, *(on if wanted.mirrored else [])]
        others = [each for each in rule.get("filters", []) if each.get("type") != "RequestMirror"]
        target = {name: value for name, value in canary.items() if name not in ("weight", "filters")}
        copy = {"type": "RequestMirror", "requestMirror": {"backendRef": target}}
        value = [*others, *([copy] if wanted.mirrored else [])]
        return [{"op": "add", "path": f"{place}/filters", "value": value}]

    def _found(self, route: Object) -> Split:
        at, ((_, stable), (_, canary)) = self._places(route)
        weights = [each.get("weight", self.shape.absent) for each in (stable, canary)]
        rules = route["spec"][self.shape.rules]
        known, tested = sum(weights) == 100, bool(rollout_rule.places(rules))
        if tested:
            known = known and rollout_rule.sound(self.shape, rules, at, self.names[1], self.header)
        return Split(weights[1] if known else -1, self._mirrored(rules[at]), tested)

    def _mirrored(self, rule: Object) -> int:
        if self.shape.mirror == "mirror":
            return round(rule.get("mirrorPercentage", {}).get("value", 100)) if rule.get("mirror") else 0
        return 100 * any(each.get("type") == "RequestMirror" for each in rule.get("filters", []))

    def _read(self) -> Object:
        found = self.api.get(self.path)
        if found is None:
            raise RefusedError(f"there is no {self.path}: `make deploy` brings it")
        return found

    def _places(self, route: Object) -> tuple[int, list[tuple[int, Object]]]:
        """Return the index of our rule, and index and content of the targets: stable, canary."""
        for at, rule in enumerate(route.get("spec", {}).get(self.shape.rules) or []):
            if rule.get("name") == ROUTE:
                targets = rule.get(self.shape.targets) or []
                there = {self.shape.name(each): (index, each) for index, each in enumerate(targets)}
                if set(there) == set(self.names):
                    return at, [there[name] for name in self.names]
        raise RefusedError(f"{self.path} has no route {ROUTE} to {' and '.join(self.names)}: it is not ours")


def _test(path: str, value: Any) -> Object:
    return {"op": "test", "path": path, "value": value}
