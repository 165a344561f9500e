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
from simulated_objects import Object, deployment, objects, patched, route
from simulated_service import Service

if TYPE_CHECKING:
    from numpy.random import Generator

API, PROMETHEUS = "https://cluster", "http://prometheus"
START = 1_800_000_000.0
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
        self.objects = objects(config, given.replicas)
        self.scaled = {
            config["stable"]: (START - given.startup, given.replicas),
            config["canary"]: (START, 0),
        }

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
                patched(self.objects[path], each)
        self.version += 1
        found = self.objects[path]
        found["metadata"]["resourceVersion"] = str(self.version)
        if "/deployments/" in path:
            self.scaled[found["metadata"]["name"]] = (self.clock(), self._ready(found))

    def _ready(self, found: Object) -> int:
        """Return how many of its pods are ready: those it had until the new ones have started."""
        since, before = self.scaled[found["metadata"]["name"]]
        wanted = int(found["spec"]["replicas"])
        return wanted if self.clock() - since >= self.given.startup else min(before, wanted)

    def _status(self, found: Object) -> None:
        ready, wanted = self._ready(found), found["spec"]["replicas"]
        found["status"] = {
            "observedGeneration": 1,
            "replicas": wanted,
            "updatedReplicas": ready,
            "availableReplicas": ready,
        }

    def _canary(self) -> tuple[float, float]:
        """Return the canary's share of the traffic, and the share of which it gets a copy."""
        if self.config["provider"] == "none":
            pods = [self._ready(self.objects[deployment(self.config, name)]) for name in ("stable", "canary")]
            return pods[1] / max(1, sum(pods)), 0.0
        spec = self.objects[route(self.config)]["spec"]
        (rule,) = spec.get("http") or spec["rules"]
        targets = rule.get("route") or rule["backendRefs"]
        copied = "mirror" in rule or any(each["type"] == "RequestMirror" for each in rule.get("filters", ()))
        return targets[1]["weight"] / 100, float(copied)

    def _queried(self, url: str) -> Object:
        found, slower = WINDOW.search(url), SLOWER.search(url)
        count = self.service.increase(
            float(found[1]) if found else 0.0, float(slower[1]) if slower else None, "code=~" in url
        )
        return {"status": "success", "data": {"result": [{"value": [self.clock(), str(count)]}]}}
