"""A cluster that is nowhere: the API server that the controller talks to, its pods and its Prometheus.

Time passes only when the controller sleeps. Pods become ready, nothing fails, and nobody else writes: what
is simulated is what a version's own requests lead to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from simulated_given import Given
from simulated_service import Service

if TYPE_CHECKING:
    from numpy.random import Generator

Object = dict[str, Any]
API, PROMETHEUS = "https://cluster", "http://prometheus"
START = 1_800_000_000.0
OLD, NEW = "image:old", "image:new"
PHASE = re.compile(r'"phase": ?"(\w+)"')
SLOWER = re.compile(r'le="([^"]+)"')
WINDOW = re.compile(r"\[(\d+)s\]")


class Cluster:
    """One cluster with a stable version, a canary without pods, and a rollout that is asked for."""

    def __init__(self, config: Mapping[str, Any], given: Given, chance: Generator) -> None:
        """Make what `make deploy` leaves before the controller starts."""
        self.config, self.given, self.version = config, given, 1
        self.service = Service(given, config["limits"], chance, START)
        self.shares: list[tuple[float, float]] = [(START, 0.0)]
        # When the rollout came to each of its phases first.
        self.phases: dict[str, float] = {}
        self.objects: dict[str, Object] = {}
        self.scaled: dict[str, tuple[float, int]] = {}
        self._fill()

    def clock(self) -> float:
        """Return the time."""
        return self.service.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        weighted, mirrored = self._canary()
        if weighted != self.shares[-1][1]:
            self.shares.append((self.clock(), weighted))
        self.service.serve(seconds, weighted, mirrored)

    def http(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], timeout: float
    ) -> tuple[int, bytes]:
        """Answer as the API server and Prometheus do."""
        del headers, timeout
        if url.startswith(PROMETHEUS):
            return 200, json.dumps(self._queried(unquote_plus(url))).encode()
        path = url.removeprefix(API).partition("?")[0]
        if path.endswith("/pods"):
            return 200, b'{"items": []}'
        if method == "POST":
            return 201, b"{}"
        found = self.objects.get(path)
        if found is None:
            return 404, b"{}"
        if method != "GET":
            self._write(method, path, json.loads(body or b"{}"))
        if "/deployments/" in path:
            self._status(self.objects[path])
        return 200, json.dumps(self.objects[path]).encode()

    def _write(self, method: str, path: str, sent: Any) -> None:
        if method == "PUT":
            self.objects[path] = sent
            if phase := PHASE.search(sent["metadata"]["annotations"]["mlops/rollout"]):
                self.phases.setdefault(phase[1], self.clock())
        else:
            for each in sent:
                _patched(self.objects[path], each)
        self.version += 1
        found = self.objects[path]
        found["metadata"]["resourceVersion"] = str(self.version)
        if "/deployments/" in path:
            self.scaled[found["metadata"]["name"]] = (self.clock(), self._ready(found))

    def _ready(self, deployment: Object) -> int:
        """Return how many of its pods are ready: those it had until the new ones have started."""
        since, before = self.scaled[deployment["metadata"]["name"]]
        wanted = int(deployment["spec"]["replicas"])
        return wanted if self.clock() - since >= self.given.startup else min(before, wanted)

    def _status(self, deployment: Object) -> None:
        ready, wanted = self._ready(deployment), deployment["spec"]["replicas"]
        deployment["status"] = {
            "observedGeneration": 1,
            "replicas": wanted,
            "updatedReplicas": ready,
            "availableReplicas": ready,
        }

    def _canary(self) -> tuple[float, float]:
        """Return the canary's share of the traffic, and the share of which it gets a copy."""
        if self.config["provider"] == "none":
            pods = [self._ready(self.objects[self._deployment(name)]) for name in ("stable", "canary")]
            return pods[1] / max(1, sum(pods)), 0.0
        route = self.objects[self._route]["spec"]
        (rule,) = route.get("http") or route["rules"]
        targets = rule.get("route") or rule["backendRefs"]
        copied = "mirror" in rule or any(each["type"] == "RequestMirror" for each in rule.get("filters", ()))
        return targets[1]["weight"] / 100, float(copied)

    def _queried(self, url: str) -> Object:
        found, slower = WINDOW.search(url), SLOWER.search(url)
        count = self.service.increase(
            float(found[1]) if found else 0.0, float(slower[1]) if slower else None, "code=~" in url
        )
        return {"status": "success", "data": {"result": [{"value": [self.clock(), str(count)]}]}}

    def _deployment(self, name: str) -> str:
        return f"/apis/apps/v1/namespaces/{self.config['namespace']}/deployments/{self.config[name]}"

    def _fill(self) -> None:
        config, namespace = self.config, f"namespaces/{self.config['namespace']}"
        for name, replicas in (("stable", self.given.replicas), ("canary", 0)):
            container = {"name": config["model"], "image": OLD}
            spec = {"replicas": replicas, "template": {"spec": {"containers": [container]}}}
            self.objects[self._deployment(name)] = {
                "metadata": {
                    "name": config[name],
                    "resourceVersion": "1",
                    "generation": 1,
                    "annotations": {},
                },
                "spec": spec,
            }
            self.scaled[config[name]] = (START - self.given.startup, replicas)
        asked = {"version": "new", "image": NEW, "phase": "requested"}
        self.objects[f"/apis/coordination.k8s.io/v1/{namespace}/leases/{config['lease']}"] = {
            "metadata": {"resourceVersion": "1", "annotations": {"mlops/rollout": json.dumps(asked)}},
            "spec": {},
        }
        if config["provider"] == "gateway-api":
            self._route = f"/apis/gateway.networking.k8s.io/v1/{namespace}/httproutes/{config['route']}"
            targets = [{"name": config["stable"], "weight": 100}, {"name": config["canary"], "weight": 0}]
            rules: Object = {"rules": [{"name": "weighted", "backendRefs": targets}]}
        else:
            self._route = f"/apis/networking.istio.io/v1/{namespace}/virtualservices/{config['route']}"
            weights = {"stable": 100, "canary": 0}
            targets = [{"destination": {"subset": name}, "weight": each} for name, each in weights.items()]
            rules = {"http": [{"name": "weighted", "route": targets}]}
        self.objects[self._route] = {"metadata": {"resourceVersion": "1"}, "spec": rules}


def _patched(found: Any, change: Mapping[str, Any]) -> None:
    """Apply one operation of a JSON patch (RFC 6902); tests hold, where nobody else writes."""
    if change["op"] == "test":
        return
    *path, last = (part.replace("~1", "/").replace("~0", "~") for part in change["path"].split("/")[1:])
    for part in path:
        found = found[int(part)] if isinstance(found, list) else found[part]
    if change["op"] == "remove":
        del found[last]
    else:
        found[last] = change["value"]
