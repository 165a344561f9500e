"""Where a rollout is played: the generated objects in a cluster of real processes, under real load.

    with theatre(folder) as found, found.stage("healthy") as stage:
        stage.ask("8")
        assert stage.control().code() == 0

All stages share one machine, one Prometheus and one net; each has its API server, its pods and its mesh.
"""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.engines.canary import given
from tests.engines.canary.api_server import Api, serving
from tests.engines.canary.cluster import Cluster, clustered
from tests.engines.canary.kinds import DEPLOYMENT, HTTP_ROUTE, KINDS, LEASE, VIRTUAL_SERVICE, Object
from tests.engines.canary.machine import Machine, machine
from tests.engines.canary.mesh import Mesh, Net, Relay, Seen, Weights, weights_of
from tests.engines.canary.objects import JSON_PATCH, MERGE_PATCH
from tests.engines.canary.rbac import Roles
from tests.engines.notify.sinks import self_signed

HERE = Path(__file__).parent
PATIENCE = 150
TESTED = "-tested"
# Seconds: a hold that Prometheus sees some of, and no more.
SHORT: dict[str, Any] = {
    "steps": [0.3, 0.6],
    "hold_seconds": 6,
    "settle_seconds": 2.5,
    "check_seconds": 1,
    "ready_seconds": 7,
    "drain_seconds": 1.5,
    "deadline_seconds": 400,
    "min_requests": 6,
}
# Of the Job.
BACK_OFF_LIMIT = 6
PORTS = {"stable": 5, "canary": 5, "controller": 1}


@dataclass
class Controller:
    """A process of the controller."""

    log: Path
    pid: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    found: int = -1

    def code(self) -> int:
        """Return its exit code when it has ended."""
        assert self.ended.wait(PATIENCE), self.log.read_text()
        return self.found

    def kill(self) -> None:
        """Kill it, if it runs."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.ended.wait(20)

    def end(self, code: int) -> None:
        """Take note of its end."""
        self.found = code
        self.ended.set()


@dataclass
class Stage:
    """One rollout's cluster, mesh and load, and what came of it."""

    name: str
    folder: Path
    api: Api
    cluster: Cluster
    mesh: Mesh
    relay: Relay
    machine: Machine
    config: dict[str, Any]
    programs: Path
    gauges: int
    begun: float = field(default_factory=time.monotonic)
    controllers: list[Controller] = field(default_factory=list)

    def ask(self, version: str = "8") -> None:
        """Ask for a rollout, as `make deploy` does."""
        state = {"version": version, "image": self.image(version), "phase": "requested"}
        note = {"mlops/rollout": json.dumps(state)}
        about = {"name": self.config["lease"], "annotations": note}
        lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": about, "spec": {}}
        self.api.store.create(LEASE, given.NAMESPACE, lease)

    def image(self, version: str) -> str:
        return f"{given.IMAGE}:{version}"

    def control(self, identity: str = "x-rollout-0") -> Controller:
        """Start the controller."""
        found = Controller(self.folder / f"controller-{len(self.controllers)}.log")
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(self.programs / "ops"),
            "CONFIG": str(self.folder / "rollout.json"),
            "ACCOUNT": str(self.folder),
            "IDENTITY": identity,
            "KUBERNETES_SERVICE_HOST": "127.0.0.1",
            "KUBERNETES_SERVICE_PORT": str(self.api.port),
            # Of two at a time, as in two pods, only one has the port that is scraped.
            "GAUGES": str(self.gauges if all(each.ended.is_set() for each in self.controllers) else 0),
        }
        (self.folder / "rollout.json").write_text(json.dumps(self.config))
        self.controllers.append(found)
        found.pid = self.machine.start(HERE / "drive.py", environment, found.log, found.end)
        return found

    def job(self) -> int:
        """Run it as its Job does: what fails is tried again in another pod, but not what was taken back."""
        for number in range(1 + BACK_OFF_LIMIT):
            code = self.control(f"x-rollout-{number}").code()
            if code in (0, 3):
                return code
        return code

    def state(self) -> dict[str, Any]:
        """Return what the Lease remembers."""
        found = self.api.store.get(LEASE, given.NAMESPACE, self.config["lease"])
        state: dict[str, Any] = json.loads(found["metadata"]["annotations"]["mlops/rollout"])
        return state

    def note(self, **annotations: str) -> None:
        """Write annotations of the Lease."""
        change = json.dumps({"metadata": {"annotations": annotations}}).encode()
        self.api.store.patch(LEASE, given.NAMESPACE, self.config["lease"], MERGE_PATCH, change)

    def set_weights(self, stable: int, canary: int) -> None:
        """Write weights of the VirtualService, as anybody may."""
        places = ((0, stable), (1, canary))
        change = [
            {"op": "replace", "path": f"/spec/http/0/route/{number}/weight", "value": weight}
            for number, weight in places
        ]
        self.api.store.patch(
            VIRTUAL_SERVICE, given.NAMESPACE, self.config["route"], JSON_PATCH, json.dumps(change).encode()
        )

    def until(self, holds: Callable[[], Any], why: object = "") -> None:
        """Wait until something holds."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, (self.name, why, self.state())
            time.sleep(0.05)

    def until_step(self, step: int, held: bool = True) -> None:
        """Wait until a step's weights are set, and counted."""

        def there() -> bool:
            state = self.state()
            return (state["phase"], state.get("step")) == ("step", step) and bool(state["since"]) >= held

        self.until(there, f"step {step}")

    def weights(self) -> dict[str, int]:
        """Return the weights of the route by track, as they are now."""
        return self.mesh.weights().tracks

    def route(self) -> Object:
        """Return the route."""
        kind = VIRTUAL_SERVICE if self.config["provider"] == "istio" else HTTP_ROUTE
        return self.api.store.get(kind, given.NAMESPACE, self.config["route"])

    def deployment(self, track: str) -> Object:
        """Return a Deployment."""
        return self.api.store.get(DEPLOYMENT, given.NAMESPACE, self.config[track])

    def image_of(self, track: str) -> str:
        """Return the image that a Deployment asks for."""
        image: str = self.deployment(track)["spec"]["template"]["spec"]["containers"][0]["image"]
        return image

    def asked(self, query: str) -> list[dict[str, Any]]:
        """Return what Prometheus knows."""
        url = f"http://127.0.0.1:{self.relay.behind}/api/v1/query?{urlencode({'query': query})}"
        with urllib.request.urlopen(url, timeout=20) as answer:
            found: list[dict[str, Any]] = json.loads(answer.read())["data"]["result"]
        return found

    def failed(self, track: str) -> list[Seen]:
        """Return the requests that went to a track and failed."""
        return [each for each in self.mesh.seen if each.track == track and each.code != 200]

    def said(self) -> str:
        """Return what all controllers said."""
        return "".join(each.log.read_text() for each in self.controllers if each.log.exists())


@dataclass
class Theatre:
    """What all stages share."""

    folder: Path
    machine: Machine
    net: Net
    certificate: Path
    programs: dict[str, Path]
    prometheus: int
    slots: dict[str, dict[str, list[int]]]

    @contextlib.contextmanager
    def stage(
        self,
        name: str,
        provider: str = "istio",
        stable: dict[str, str] | None = None,
        canary: dict[str, str] | None = None,
        rate: float = 15,
        ab_test: dict[str, Any] | None = None,
        **config: Any,
    ) -> Iterator[Stage]:
        """Return a stage with two pods of version 7 that serve, under load; `config` changes the controller's."""
        programs, folder = self.programs[played(provider, ab_test)], self.folder / name
        folder.mkdir()
        setting, objects, rules = given.read(programs)
        (folder / "token").write_text("token-of-x-rollout\n")
        (folder / "ca.crt").write_bytes(self.certificate.read_bytes())
        relay = self.net.relay(self.prometheus)
        with serving(self.certificate, Roles(rules)) as api:
            kinds = {each.name: each for each in KINDS}
            for each in objects:
                api.store.create(kinds[each["kind"]], given.NAMESPACE, each)
            setting |= {
                **SHORT,
                "prometheus": f"http://127.0.0.1:{relay.port}",
                # Each stage is an environment of its own to the one Prometheus.
                "environment": name,
                **({"ab_test": {**setting["ab_test"], **ab_test}} if ab_test is not None else {}),
                **config,
            }
            slots = {setting[track]: self.slots[name][track] for track in ("stable", "canary")}
            cluster = Cluster(api.store, given.NAMESPACE, self.machine, folder, programs / "serving", slots)
            cluster.environment = {"MLOPS_ENV": name, "MODEL_FOLDER": str(folder)}
            cluster.images = {
                f"{given.IMAGE}:7": {"MODEL_VERSION": "7", **(stable or {})},
                f"{given.IMAGE}:8": {"MODEL_VERSION": "8", **(canary or {})},
            }
            mesh = Mesh(
                lambda: _weights(api, cluster, provider, setting),
                lambda track: cluster.endpoints({"app.kubernetes.io/name": given.MODEL, "track": track}),
            )
            self.net.listen(mesh)
            if ab_test is not None:
                cluster.environment["AB_TEST_URL"] = f"http://127.0.0.1:{mesh.port}"
            with clustered(cluster):
                stage = Stage(
                    name,
                    folder,
                    api,
                    cluster,
                    mesh,
                    relay,
                    self.machine,
                    setting,
                    programs,
                    self.slots[name]["controller"][0],
                )
                _await(lambda: len(mesh.endpoints("stable")) == 2, name)
                self.net.add(mesh)
                mesh.rate = rate
                try:
                    yield stage
                finally:
                    self.net.remove(mesh)
                    for each in stage.controllers:
                        each.kill()


def _weights(api: Api, cluster: Cluster, provider: str, setting: dict[str, Any]) -> Weights:
    if provider == "none":
        tracks = {
            track: len(cluster.endpoints({"app.kubernetes.io/name": given.MODEL, "track": track}))
            for track in ("stable", "canary")
        }
        return Weights(tracks if any(tracks.values()) else {"stable": 1, "canary": 0})
    kind = VIRTUAL_SERVICE if provider == "istio" else HTTP_ROUTE
    names = {"stable": "stable", "canary": "canary"}
    if provider != "istio":
        names = {setting[track]: track for track in names}
    found = api.store.peek(kind, given.NAMESPACE, setting["route"])
    assert found
    return weights_of(found["spec"], kind, names)


def _await(holds: Callable[[], Any], why: object) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, why
        time.sleep(0.05)


def played(provider: str, ab_test: Any) -> str:
    """Return what a stage's programs are called: with an A/B test they are others."""
    return provider if ab_test is None else f"{provider}{TESTED}"


def _compiled(folder: Path, name: str) -> Path:
    found = given.compiled(folder, name.removesuffix(TESTED), name.endswith(TESTED))
    if name.endswith(TESTED):
        # As everything here, a way that leads to nobody is tried again sooner.
        file = found / "serving/service.json"
        said = json.loads(file.read_text())
        said["ab_test"]["back_off_seconds"] = 1
        file.write_text(json.dumps(said))
    return found


def _free(count: int) -> list[int]:
    """Return ports that nobody listens at, below those that outgoing connections have."""
    found: list[int] = []
    for port in range(random.randrange(12_000, 24_000), 32_000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            return found
    raise AssertionError("no free ports")


@contextlib.contextmanager
def _prometheus(folder: Path, port: int, targets: list[int]) -> Iterator[None]:
    listed = [f"127.0.0.1:{each}" for each in targets]
    text = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
        "scrape_configs": [{"job_name": "pods", "static_configs": [{"targets": listed}]}],
    }
    (folder / "prometheus.yml").write_text(json.dumps(text))
    words = ["prometheus", "--config.file=prometheus.yml", f"--storage.tsdb.path={folder / 'tsdb'}"]
    words += [f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(words, cwd=folder, stdout=log, stderr=log)
    try:

        def ready() -> bool:
            with contextlib.suppress(OSError):
                return bool(
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=5).status == 200
                )
            return False

        _await(ready, "prometheus")
        yield
    finally:
        process.kill()
        process.wait(20)


@contextlib.contextmanager
def theatre(folder: Path, names: list[str], providers: set[str]) -> Iterator[Theatre]:
    """Compile what is played, and start what all stages share."""
    programs = {each: _compiled(folder / f"of-{each}", each) for each in providers}
    ports = _free(1 + sum(PORTS.values()) * len(names))
    left = iter(ports[1:])
    slots = {name: {whose: [*islice(left, count)] for whose, count in PORTS.items()} for name in names}
    with machine() as started, _prometheus(folder, ports[0], ports[1:]):
        net = Net()
        try:
            yield Theatre(folder, started, net, self_signed(folder), programs, ports[0], slots)
        finally:
            net.close()
