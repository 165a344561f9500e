"""What happens in a cluster when Deployments change: pods come and go, as real processes, and are told of.

Plays the Deployment controller (a rolling update that adds one pod before it takes one away), the kubelet
(readiness, restarts with a growing pause, SIGTERM after the pause of preStop) and the pods' status.
"""

import hashlib
import http.client
import json
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.engines.canary.kinds import DEPLOYMENT, POD, Object
from tests.engines.canary.machine import Machine
from tests.engines.canary.objects import Store

GLANCE = 0.15
# Of a real cluster's 10 s each.
PRE_STOP, BACK_OFF = 0.6, 1.0


@dataclass
class Pod:
    """A pod and its process; `state` is starting, ready, waiting (to be restarted) or going."""

    name: str
    owner: str
    template: str
    image: str
    labels: dict[str, str]
    port: int
    state: str = "starting"
    pid: int = 0
    restarts: int = 0
    code: int | None = None
    # Written by the machine's thread, which must not wait for the cluster.
    exits: deque[int] = field(default_factory=deque)
    again: float = 0
    since: float = field(default_factory=time.monotonic)
    told_to_go: bool = False


class Cluster:
    """The pods of one namespace. `images` says what an image is: the environment of its processes."""

    def __init__(
        self,
        store: Store,
        namespace: str,
        machine: Machine,
        folder: Path,
        programs: Path,
        ports: dict[str, list[int]],
    ) -> None:
        """Take the store, the machine, the folder for logs, the programs of the service, and ports by Deployment."""
        self.store, self.namespace, self.machine = store, namespace, machine
        self.folder, self.programs, self.ports = folder, programs, ports
        self.images: dict[str, dict[str, str]] = {}
        self.environment: dict[str, str] = {}
        self.pods: list[Pod] = []
        self.lock, self.over = threading.RLock(), threading.Event()
        self._number = 0
        self._told: dict[str, Object] = {}

    def endpoints(self, labels: dict[str, str]) -> list[int]:
        """Return the ports of the ready pods with some labels."""
        with self.lock:
            return [
                each.port
                for each in self.pods
                if each.state == "ready" and labels.items() <= each.labels.items()
            ]

    def run(self) -> None:
        """Reconcile until it is over."""
        while not self.over.wait(GLANCE):
            self.look()

    def look(self) -> None:
        """Do what there is to do now."""
        with self.lock:
            for each in list(self.pods):
                self._attend(each)
            for name in self.ports:
                if deployment := self.store.peek(DEPLOYMENT, self.namespace, name):
                    self._reconcile(deployment)
                    self._tell(deployment)
            for each in self.pods:
                self._tell_pod(each)

    def close(self) -> None:
        """Stop all at once."""
        self.over.set()
        with self.lock:
            for each in self.pods:
                each.state = "going"
                if each.pid:
                    _signal(each.pid, signal.SIGKILL)

    # The kubelet.

    def _attend(self, pod: Pod) -> None:
        here = time.monotonic()
        if pod.exits:
            self._ended(pod, pod.exits.popleft())
        if pod.state == "starting" and pod.pid and _answers(pod.port):
            pod.state = "ready"
        elif pod.state == "waiting" and here >= pod.again:
            self._boot(pod)
        elif pod.state == "going":
            if pod.pid and not pod.told_to_go and here - pod.since >= PRE_STOP:
                pod.told_to_go = True
                _signal(pod.pid, signal.SIGTERM)
            if not pod.pid:
                self.pods.remove(pod)
                self.store.delete(POD, self.namespace, pod.name)

    def _boot(self, pod: Pod) -> None:
        pod.state, pod.code = "starting", None
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parent),
            "APP": "tiny_model:app",
            "LISTEN": f"127.0.0.1:{pod.port}",
            "OWN_SOCKET": f"/tmp/own-{os.getpid()}-{pod.port}",
            "DRAIN_SECONDS": "6",
            # By the downward API.
            "TRACK": pod.labels.get("track", ""),
            **self.environment,
            **self.images[pod.image],
        }
        log = self.folder / f"{pod.name}.log"
        pod.pid = self.machine.start(self.programs / "launch.py", environment, log, pod.exits.append)

    def _ended(self, pod: Pod, code: int) -> None:
        Path(f"/tmp/own-{os.getpid()}-{pod.port}").unlink(missing_ok=True)
        pod.pid, pod.code = 0, code
        if pod.state != "going":
            pod.again = time.monotonic() + (BACK_OFF * 2 ** min(pod.restarts, 3) if pod.restarts else 0)
            pod.restarts += 1
            pod.state = "waiting"

    # The Deployment controller.

    def _reconcile(self, deployment: Object) -> None:
        name, spec = deployment["metadata"]["name"], deployment["spec"]
        template = hashlib.sha256(json.dumps(spec["template"], sort_keys=True).encode()).hexdigest()[:10]
        mine = [each for each in self.pods if each.owner == name and each.state != "going"]
        new = [each for each in mine if each.template == template]
        old = [each for each in mine if each.template != template]
        ready = [each for each in mine if each.state == "ready"]
        wanted = spec["replicas"]
        if len(new) < wanted and len(mine) < wanted + bool(old):
            self._add(name, template, spec["template"])
        elif old and (len(ready) > wanted or old[0].state != "ready" or not wanted):
            self._go(min(old, key=lambda each: each.state == "ready"))
        elif not old and len(new) > wanted:
            self._go(min(reversed(new), key=lambda each: each.state == "ready"))

    def _add(self, owner: str, template: str, made_of: Object) -> None:
        free = [port for port in self.ports[owner] if port not in [each.port for each in self.pods]]
        if not free:
            return
        self._number += 1
        labels = made_of["metadata"]["labels"] | {"pod-template-hash": template}
        image = made_of["spec"]["containers"][0]["image"]
        pod = Pod(f"{owner}-{template}-{self._number}", owner, template, image, labels, free[0])
        self.pods.append(pod)
        about = {
            "name": pod.name,
            "labels": labels,
            "ownerReferences": [{"kind": "ReplicaSet", "name": owner}],
        }
        self.store.create(
            POD,
            self.namespace,
            {"apiVersion": "v1", "kind": "Pod", "metadata": about, "spec": made_of["spec"]},
        )
        self._boot(pod)

    def _go(self, pod: Pod) -> None:
        pod.state, pod.since = "going", time.monotonic()

    # What the cluster tells.

    def _tell(self, deployment: Object) -> None:
        name, wanted = deployment["metadata"]["name"], deployment["spec"]["replicas"]
        text = json.dumps(deployment["spec"]["template"], sort_keys=True).encode()
        template = hashlib.sha256(text).hexdigest()[:10]
        mine = [each for each in self.pods if each.owner == name and each.state != "going"]
        ready = sum(each.state == "ready" for each in mine)
        updated = sum(each.template == template for each in mine)
        counts = {
            "replicas": len(mine),
            "updatedReplicas": updated,
            "readyReplicas": ready,
            "availableReplicas": ready,
            "unavailableReplicas": max(0, wanted - ready),
        }
        # What is 0 is left out, as Kubernetes does.
        status: Object = {key: value for key, value in counts.items() if value}
        status["observedGeneration"] = deployment["metadata"]["generation"]
        status["conditions"] = [_condition("Available", ready >= wanted), _condition("Progressing", True)]
        self._write(DEPLOYMENT, name, status)

    def _tell_pod(self, pod: Pod) -> None:
        container: Object = {"name": "x", "ready": pod.state == "ready", "restartCount": pod.restarts}
        if pod.state == "waiting":
            container["state"] = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off restarting"}}
            container["lastState"] = {"terminated": {"reason": "Error", "exitCode": pod.code}}
        else:
            container["state"] = {"running": {}}
        conditions = [_condition("PodScheduled", True), _condition("Ready", pod.state == "ready")]
        status = {"phase": "Running", "conditions": conditions, "containerStatuses": [container]}
        self._write(POD, pod.name, status)

    def _write(self, kind: Any, name: str, status: Object) -> None:
        if self._told.get(name) != status:
            self._told[name] = status
            self.store.set_status(kind, self.namespace, name, status)


def _condition(kind: str, holds: bool) -> Object:
    return {"type": kind, "status": str(bool(holds))}


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


@contextmanager
def clustered(cluster: Cluster) -> Iterator[Cluster]:
    """Let it live until the block ends."""
    thread = threading.Thread(target=cluster.run, daemon=True)
    thread.start()
    try:
        yield cluster
    finally:
        cluster.close()
        thread.join(20)
