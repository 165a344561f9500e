"""The routes that are generated, with the rule of an A/B test in them: as the schemas, and the server, have them."""

import copy
import json
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest

from tests.engines.kubernetes.overlays import OVERLAYS, objects
from tests.engines.kubernetes.schemas import CUSTOM, check
from tests.engines.rollout.objects import ApiError, Objects

Object = dict[str, Any]
ROUTES = {"VirtualService": "subscriptions", "HTTPRoute": "parcels"}


def generated(kind: str) -> Object:
    """Return the route of a golden."""
    found = objects(OVERLAYS[f"{ROUTES[kind]}-production"])
    (route,) = [each for each in found if each["kind"] == kind]
    return route


def defaulted(found: Any, schema: Object) -> Any:
    """Return what the server stores: what is left out has the default that the schema names."""
    if isinstance(found, list):
        return [defaulted(each, schema.get("items", {})) for each in found]
    if not isinstance(found, dict):
        return found
    own = schema.get("properties", {})
    missing = {name: each["default"] for name, each in own.items() if "default" in each and name not in found}
    return {name: defaulted(each, own.get(name, {})) for name, each in {**missing, **found}.items()}


class Server:
    """One route behind the API, which fills in defaults at each write."""

    def __init__(self, modules: dict[str, ModuleType], kind: str) -> None:
        self.modules, self.kind, self.objects = modules, kind, Objects()
        name = ROUTES[kind]
        istio = kind == "VirtualService"
        shapes = modules["rollout_shapes"]
        shape = shapes.VIRTUAL_SERVICE if istio else shapes.HTTP_ROUTE
        targets = ("stable", "canary") if istio else (f"{name}-stable", f"{name}-canary")
        api = modules["rollout_api"].Api(self.http, lambda _: None, "https://api", "ml")
        self.route = modules["rollout_route"].Route(api, name, shape, *targets, "x-mlops-arm")
        text = (CUSTOM / shape.group.partition("/")[0] / f"{kind.lower()}_v1.json").read_text("utf-8")
        self.schema: Object = json.loads(text)
        self.objects.add(self.route.path, self._stored(generated(kind)))

    @property
    def found(self) -> Object:
        """Return the route, as it was written."""
        found = copy.deepcopy(self.objects.get(self.route.path))
        found["metadata"] = {"name": ROUTES[self.kind]}
        found.pop("status", None)
        return found

    def http(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], timeout: float
    ) -> tuple[int, bytes]:
        path = url.removeprefix("https://api")
        try:
            if method == "PATCH":
                changed = self.objects.patch(path, json.loads(body or b"[]"))
                self.objects.stored[path] = self._stored(changed)
            return 200, json.dumps(self.objects.get(path)).encode()
        except ApiError as fault:
            return fault.status, b"{}"

    def _stored(self, found: Object) -> Object:
        return defaulted(found, self.schema)  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", ROUTES)
def test_the_rule_comes_and_goes_in_what_is_generated(modules: dict[str, ModuleType], kind: str) -> None:
    server, split = Server(modules, kind), modules["rollout_split"]
    before, half = server.found, split.Split(50)
    server.route.shift(half, (split.NOTHING,), lambda: None)
    server.route.shift(split.TESTED, (half,), lambda: None)
    assert server.route.split() == split.TESTED, "what the server has filled in is no change"
    tested = server.found
    check(tested)
    rules = tested["spec"]["http" if kind == "VirtualService" else "rules"]
    assert [each["name"] for each in rules] == ["ab-test", "weighted"]
    first, last = ({**each} for each in rules)
    for name in ("name", "route", "backendRefs", "match", "matches"):
        first.pop(name, None), last.pop(name, None)
    assert first == last, "timeouts and retries are those of all others"
    server.route.shift(split.NOTHING, (), lambda: None)
    assert server.found == before


@pytest.mark.parametrize("kind", ROUTES)
def test_what_is_there_is_not_written_again(modules: dict[str, ModuleType], kind: str) -> None:
    server, split = Server(modules, kind), modules["rollout_split"]
    server.route.shift(split.TESTED, (), lambda: None)
    version = server.objects.version
    assert server.route.shift(split.TESTED, (), lambda: None) == split.TESTED
    assert server.objects.version == version


@pytest.mark.parametrize("kind", ROUTES)
def test_a_copy_for_everybody_ends_with_the_test(modules: dict[str, ModuleType], kind: str) -> None:
    """Neither of the rules goes on copying."""
    server, split = Server(modules, kind), modules["rollout_split"]
    server.route.shift(split.SHADOW, (), lambda: None)
    server.route.shift(split.TESTED, (), lambda: None)
    check(server.found)
    text = json.dumps(server.found)
    assert "irror" not in text
