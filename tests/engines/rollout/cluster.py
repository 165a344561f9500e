"""A cluster on a clock of its own: the API, pods, a route that divides requests, and a Prometheus that counts them."""

import copy
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.engines.rollout.objects import ApiError, Objects
from tests.engines.rollout.pods import Kind, Object, Workload
from tests.engines.rollout.routes import ROUTES

STABLE, CANARY = "registry/churn:churn-v7", "registry/churn:churn-v8"
LEASE = "/apis/coordination.k8s.io/v1/namespaces/ml/leases/churn-rollout"
DEPLOYMENTS = "/apis/apps/v1/namespaces/ml/deployments"
SHARES = ("errors", "slow")
Answer = tuple[int, bytes]
API, PROMETHEUS = "https://api.test", "http://prometheus.test"
START = 1_800_000_000.0
LATENCY = 0.003

CONFIG: dict[str, Any] = {
    "model": "churn",
    "namespace": "ml",
    "lease": "churn-rollout",
    "stable": "churn-stable",
    "canary": "churn-canary",
    "route": "churn",
    "kubernetes": API,
    "provider": "istio",
    "environment": "production",
    "steps": [0.05, 0.25, 0.5],
    "hold_seconds": 600,
    "shadow_seconds": 0,
    "settle_seconds": 30,
    "check_seconds": 60,
    "ready_seconds": 300,
    "drain_seconds": 60,
    "deadline_seconds": 3600,
    "limits": {"error_rate": 0.01, "latency_p95": 0.2},
    "min_requests": 200,
    "on_no_data": "rollback",
    "prometheus": PROMETHEUS,
}
QUERY = re.compile(
    r"(?P<slow>sum\(increase\(model_request_duration_seconds_count\{(?P<one>[^}]*)\}\[(?P<w1>\d+)s\]\)\) - "
    r"sum\(increase\(model_request_duration_seconds_bucket\{(?P=one),le=\"0\.2\"\}\[(?P=w1)s\]\)\))"
    r"|sum\(increase\(model_requests_total\{(?P<two>[^}]*?)(?P<bad>,code=~\"5\.\.\|422\")?\}\[(?P<w2>\d+)s\]\)\)"
)


@dataclass
class Counted:
    """What the pods of one track have answered so far, at each moment at which the rate changed."""

    moments: list[float] = field(default_factory=lambda: [START - 1e6])
    counts: list[tuple[float, float, float]] = field(default_factory=lambda: [(0.0, 0.0, 0.0)])

    def add(self, now: float, requests: float, errors: float, slow: float) -> None:
        before = self.counts[-1]
        self.moments.append(now)
        self.counts.append((before[0] + requests, before[1] + errors, before[2] + slow))

    def at(self, moment: float) -> tuple[float, ...]:
        last = bisect_right(self.moments, moment) - 1
        if last < 0 or last + 1 == len(self.moments):
            return self.counts[max(last, 0)]
        share = (moment - self.moments[last]) / (self.moments[last + 1] - self.moments[last])
        pairs = zip(self.counts[last], self.counts[last + 1], strict=True)
        return tuple(one + share * (two - one) for one, two in pairs)


class Cluster:
    """What a controller acts on; `now` is the true time, `skew` what a clock of the controller is off by."""

    labels = 'model="churn",environment="production",track="canary"'

    def __init__(self, config: Mapping[str, Any] = CONFIG, **kinds: Kind) -> None:
        self.config = dict(config)
        self.now, self.skew, self.traffic = START, 0.0, 20.0
        self.kinds = {STABLE: kinds.get("stable", Kind()), CANARY: kinds.get("canary", Kind())}
        self.again = kinds.get("promoted", self.kinds[CANARY])
        self.objects, self.calls, self.prometheus = Objects(), 0, ""
        self.counted = {"stable": Counted(), "canary": Counted()}
        self.workloads = {
            "stable": Workload("churn-stable", {**self.kinds, CANARY: self.again}),
            "canary": Workload("churn-canary", self.kinds),
        }
        # Called before the server does what a call asks for, and with its answer; each may answer otherwise.
        self.before: Callable[[str, str], Answer | None] = lambda method, path: None
        self.after: Callable[[str, str, Answer], Answer] = lambda method, path, answer: answer
        self.route = ROUTES["gateway-api" if self.config["provider"] == "gateway-api" else "istio"]
        self.unanswered, self.foreign = 0.0, False
        self.acted: set[str] = set()
        self.later: list[tuple[float, Callable[[], None]]] = []
        self.broken: list[str] = []
        self.weights: list[tuple[float, int]] = [(START, 0)]
        # When the rule of an A/B test came and went.
        self.tests: list[tuple[float, bool]] = [(START, False)]
        self._fill()
        self.sleep(60)
        self.unanswered = 0.0

    # ---- time ----
    def clock(self) -> float:
        return self.now + self.skew

    def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            due = min([at for at, _ in self.later], default=until)
            self._pass(max(0.0, min(until, self.now + 2.0, max(due, self.now)) - self.now))
            for each in [each for each in self.later if each[0] <= self.now]:
                self.later.remove(each)
                each[1]()

    def at(self, seconds: float, act: Callable[[], None]) -> None:
        """Let something happen so many seconds from now."""
        self.later.append((self.now + seconds, act))

    # ---- what the outside sees ----
    @property
    def lease(self) -> Object:
        return self.objects.get(LEASE)

    @property
    def state(self) -> Object:
        return json.loads(self.lease["metadata"]["annotations"]["mlops/rollout"])  # type: ignore[no-any-return]

    @property
    def shares(self) -> list[int]:
        """The canary's percents of the requests (its pods, where these are the share), in their order."""
        return [weight for _, weight in self.weights]

    def images(self, track: str = "stable") -> set[str]:
        return {each.image for each in self.workloads[track].pods}

    def weight(self) -> int:
        """The canary's part of the traffic: its percent, or its pods."""
        if self.config["provider"] == "none":
            return self.deployment("canary")["spec"]["replicas"]  # type: ignore[no-any-return]
        return self.route.weights(self.objects)[1]

    def mirrored(self) -> bool:
        return self.config["provider"] != "none" and self.route.mirrored(self.objects)

    def tested(self) -> bool:
        return self.config["provider"] != "none" and self.route.tested(self.objects)

    def deployment(self, track: str) -> Object:
        return self.objects.get(f"{DEPLOYMENTS}/churn-{track}")

    def set_weights(self, stable: int, canary: int) -> None:
        """Let somebody else write weights."""
        self.route.write(self.objects, stable, canary)
        self._check()

    def change(self, path: str, change: Callable[[Object], None]) -> None:
        """Let somebody else change an object."""
        found = copy.deepcopy(self.objects.get(path))
        change(found)
        self.objects.replace(path, found)

    def note(self, **notes: str) -> None:
        """Let somebody write annotations of the Lease."""
        written = {f"mlops/{name.replace('_', '-')}": text for name, text in notes.items()}
        self.change(LEASE, lambda found: found["metadata"]["annotations"].update(written))

    def abort(self, reason: str = "errors seen") -> None:
        self.note(abort=reason)

    def decide(self, verdict: str, version: str = "8") -> None:
        """Let whoever evaluates the A/B test say how it ended."""
        self.note(ab_test=json.dumps({"version": version, "verdict": verdict, "why": "as seen"}))

    # ---- the network ----
    def network(self, identity: str) -> Callable[..., tuple[int, bytes]]:
        """What one controller sends through."""
        return partial(self._http, identity)

    def _http(
        self,
        identity: str,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        timeout: float,
    ) -> tuple[int, bytes]:
        assert 0 < timeout <= 10, "no call waits for ever"
        assert self.now < START + 1e5, "there is no end"
        self.calls += 1
        self._pass(LATENCY)
        path = url.removeprefix(API)
        if (answer := self.before(method, path)) is None:
            answer = self._answer(identity, method, url, path, body, headers)
        return self.after(method, path, answer)

    def _answer(
        self, identity: str, method: str, url: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        if url.startswith(PROMETHEUS):
            return self._query(parse_qs(urlsplit(url).query)["query"][0])
        try:
            return 200, json.dumps(self._api(identity, method, path, body, headers)).encode()
        except ApiError as fault:
            return fault.status, json.dumps({"kind": "Status", "message": str(fault)}).encode()

    def _api(
        self, identity: str, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Object:
        given = json.loads(body) if body else {}
        if method == "GET" and urlsplit(path).path.endswith("/pods"):
            assert unquote(path).endswith(("track=canary", "track=stable")), path
            return {"items": self.workloads[unquote(path).rpartition("=")[2]].listed(self.now)}
        if method == "GET":
            return self.objects.get(path)
        if method == "POST" and path.endswith("/events"):
            return self.objects.add(f"{path}/{self.objects.version}", given)
        if method == "PUT" and path == LEASE:
            assert given["metadata"]["resourceVersion"], "a Lease is never written blindly"
            return self.objects.replace(path, given)
        if method == "PATCH" and headers["Content-Type"] == "application/json-patch+json":
            tested = {step["path"] for step in given if step["op"] == "test"}
            assert "/metadata/resourceVersion" in tested, "a patch tests what it was made from"
            found = self.objects.patch(path, given)
            holder = self.lease["spec"].get("holderIdentity")
            # Until a new holder has marked what it leads, what the former one has prepared is as good as its own.
            if holder != identity and holder in self.acted:
                self.broken.append(f"{identity} wrote while {holder} holds the Lease")
            self.acted.add(identity)
            self._check()
            self._pass(0)
            return found
        raise ApiError(403, f"{method} {path} is forbidden")

    def _query(self, query: str) -> tuple[int, bytes]:
        found = QUERY.fullmatch(query)
        assert found, query
        labels = found["one"] or found["two"]
        assert labels == self.labels, labels
        if self.prometheus == "error":
            return 200, b'{"status":"error","errorType":"execution","error":"query timed out"}'
        if self.prometheus == "gone":
            raise ConnectionRefusedError("nobody listens")
        window = int(found["w1"] or found["w2"])
        index = 2 if found["slow"] else 1 if found["bad"] else 0
        counted = self.counted["canary"]
        value = counted.at(self.now)[index] - counted.at(self.now - window)[index]
        text = "NaN" if self.prometheus == "nan" else repr(value)
        result = [] if self.prometheus == "empty" else [{"metric": {}, "value": [self.now, text]}]
        data = {"status": "success", "data": {"resultType": "vector", "result": result}}
        return 200, json.dumps(data).encode()

    # ---- the inside ----
    def _pass(self, seconds: float) -> None:
        self._serve(seconds)
        self.now += seconds
        for name, workload in self.workloads.items():
            found = self.deployment(name)
            workload.tick(self.now, found["spec"])
            status = workload.status(self.now, found["metadata"]["generation"], found["spec"])
            self.objects.status(f"{DEPLOYMENTS}/{workload.name}", status)
            ready = len(workload.ready(self.now))
            if name == "stable" and ready < found["spec"]["replicas"] and self.now > START + 30:
                self.broken.append(f"stable has {ready} pods at {self.now - START:.0f} s")

    def _serve(self, seconds: float) -> None:
        ready = {name: each.ready(self.now) for name, each in self.workloads.items()}
        test = self.config.get("ab_test", {"share": 0.0})
        canary = test["share"] if self.tested() else self.weight() / 100
        if self.config["provider"] == "none":
            canary = len(ready["canary"]) / max(1, sum(map(len, ready.values())))
        for name, share in (("stable", 1 - canary), ("canary", 1.0 if self.mirrored() else canary)):
            count = self.traffic * share * seconds
            if count and not ready[name]:
                self.unanswered += count
            elif count:
                kinds = [self.workloads[name].kinds.get(each.image, Kind()) for each in ready[name]]
                errors, slow = (sum(getattr(each, what) for each in kinds) / len(kinds) for what in SHARES)
                self.counted[name].add(self.now + seconds, count, count * errors, count * slow)

    def _check(self) -> None:
        """Hold what must be true after each write."""
        now, tested = self.weight(), self.tested()
        if now != self.weights[-1][1]:
            self.weights.append((self.now, now))
        if tested != self.tests[-1][1]:
            self.tests.append((self.now, tested))
        if now and tested:
            self.broken.append(f"{now} % of the traffic beside an A/B test")
        if self.config["provider"] == "none":
            return
        if sum(weights := self.route.weights(self.objects)) != 100 and not self.foreign:
            self.broken.append(f"weights {weights}")
        moved = max(self.weights[-1][0], self.tests[-1][0])
        drained = self.now - moved >= self.config["drain_seconds"] - 0.1
        gone = self.workloads["canary"].pods and not self.deployment("canary")["spec"]["replicas"]
        if gone and (now or tested or not drained):
            self.broken.append(f"canary to 0 at weight {now}, {self.now - moved:.0f} s after")

    def _fill(self) -> None:
        for track, replicas in (("stable", 4), ("canary", 0)):
            container = {"name": "churn", "image": STABLE}
            spec = {"replicas": replicas, "template": {"spec": {"containers": [container]}}}
            name = f"churn-{track}"
            self.objects.add(f"{DEPLOYMENTS}/{name}", {"metadata": {"name": name}, "spec": spec})
        self.route.fill(self.objects)
        asked = {"version": "8", "image": CANARY, "stable_image": "", "phase": "requested", "step": 0}
        annotations = {"mlops/rollout": json.dumps(asked)}
        lease = {"metadata": {"name": "churn-rollout", "annotations": annotations}, "spec": {}}
        self.objects.add(LEASE, lease)
