"""One host: a container for each version, of which one runs, by docker.

What ran before is remembered in the label of the container that replaced it, so that a run that was
killed, or one on another machine (DOCKER_HOST), finds it. A container that was taken back stays,
stopped, until the next deployment: it says that going back is done.
"""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import dataclass
from typing import Any

from release import PROBE, Images, answered, changing, done, said

SERVICE, VERSION, BEFORE = "mlops.service", "mlops.version", "mlops.before"
# A first start imports MLflow and the model's own packages.
PATIENCE_SECONDS, PAUSE_SECONDS = 180.0, 1.0
# Nothing of the container is written to but /tmp, and it gains no rights.
HARDENED = ("--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges")


@dataclass(frozen=True)
class Container:
    """A container of the service: the version in it, and the version that ran before it."""

    name: str
    version: str
    before: str
    state: str
    restarts: int
    created: str

    @property
    def runs(self) -> bool:
        """Whether it holds the port."""
        return self.state in ("running", "restarting", "paused")


class Host:
    """The service on one host."""

    def __init__(self, images: Images) -> None:
        """Take the images; MLOPS_ENV and SERVICE_ADDRESS say which service this is, and where it listens."""
        environment = os.environ.get("MLOPS_ENV")
        if os.environ.get("RUNNER_ENVIRONMENT") == "github-hosted" and not os.environ.get("DOCKER_HOST"):
            raise ValueError(
                "this machine is thrown away after the run: set DOCKER_HOST to the host that serves, "
                "name a cluster in the spec, or run on a machine of your own (ci.runner)"
            )
        self.images = images
        self.service = f"{images.model}-{environment}" if environment else images.model
        self.address = os.environ.get("SERVICE_ADDRESS") or "127.0.0.1:8080"
        if not re.fullmatch(r"(?:[0-9.]+:|\[[0-9a-f:]+\]:)?[0-9]{1,5}", self.address):
            raise ValueError(
                f"SERVICE_ADDRESS is {self.address!r}: write an address and a port, 127.0.0.1:8080"
            )

    def version(self) -> str:
        """Return the version that runs; empty when none does."""
        running = self._running()
        return running.version if running else ""

    def deploy(self, number: str) -> list[str]:
        """Replace what runs by a version; if it fails, start what ran before, and raise ValueError."""
        running = self._running()
        if running is None or running.version != number:
            changing()
            self._fetch(number)
            self._create(number, running.version if running else self._last(number))
            if running:
                done("docker", "stop", "-t", "30", running.name)
        new = self._find(number)
        try:
            self._start(number)
        except (ChildProcessError, TimeoutError) as fault:
            done("docker", "stop", "-t", "30", new.name)
            if new.before:
                self._start(new.before)
            kept = f"version {new.before} runs again" if new.before else "nothing runs"
            raise ValueError(f"version {number} did not come up, and {kept}: {fault}") from None
        for old in self._all():
            if old.version not in (number, new.before):
                done("docker", "rm", old.name)
        return [f"version {number} answers at {self.address}"]

    def back(self, number: str) -> tuple[str, list[str]]:
        """Bring back what ran before a version, or before what runs; return what runs, and what was done."""
        running = self._running()
        if running and (running.version != number if number else self._was_brought_back(running)):
            return running.version, [f"version {running.version} is in service: nothing to take back"]
        there = self._all()
        last = running or next((each for each in there if each.version == number or not number), None)
        if last is None:
            return "", ["nothing is in service"]
        if last.runs:
            done("docker", "stop", "-t", "30", last.name)
        if not last.before:
            done("docker", "rm", last.name)
            return "", [f"before version {last.version} there was nothing: nothing is in service"]
        if last.before not in {each.version for each in there}:
            # Before itself: there is nothing further back.
            self._create(last.before, last.before)
        self._start(last.before)
        return last.before, [f"version {last.before} is in service again"]

    def ready(self) -> str:
        """Return why the service is not ready; empty when it is."""
        running = self._running()
        if running is None:
            return "nothing runs"
        return "" if self._answers(running) else f"{running.name} does not answer"

    def ask(self, body: bytes, count: int) -> tuple[int, str]:
        """Send requests; return how many failed, and what else is worth saying."""
        running = self._find(self.version())
        call = ("docker", "exec", "--interactive", running.name, *PROBE, str(count))
        return answered(said(*call, body=body))

    def _start(self, number: str) -> None:
        """Start a container and wait until it answers; raise TimeoutError when it does not."""
        done("docker", "start", self._find(number).name)
        end = time.monotonic() + PATIENCE_SECONDS
        while not self._answers(container := self._find(number)):
            if not container.runs or container.restarts or time.monotonic() > end:
                last = said("docker", "logs", "--tail", "20", container.name).strip()
                raise TimeoutError(
                    f"{container.name} is {container.state}" + (f"; it says:\n{last}" if last else "")
                )
            time.sleep(PAUSE_SECONDS)

    def _answers(self, container: Container) -> bool:
        try:
            said("docker", "exec", container.name, *PROBE)
        except ChildProcessError:
            return False
        return True

    def _fetch(self, number: str) -> None:
        """Have the image here before anything is stopped."""
        reference = self.images.of(number)
        if not said("docker", "image", "ls", "--quiet", reference).strip():
            done("docker", "pull", "--quiet", reference)

    def _create(self, number: str, before: str) -> None:
        """Make the container of a version, in the place of one that is left of an earlier run."""
        if any(each.version == number for each in self._all()):
            done("docker", "rm", f"{self.service}-v{number}")
        labels = {SERVICE: self.service, VERSION: number, BEFORE: before}
        done(
            *("docker", "create", f"--name={self.service}-v{number}", "--restart=unless-stopped"),
            *(f"--label={name}={value}" for name, value in labels.items()),
            *(f"--publish={self.address}:8080", *HARDENED, self.images.of(number)),
        )

    def _last(self, number: str) -> str:
        """Return what ran last, though nothing runs now: a run was killed, or somebody stopped it."""
        last = next(iter(self._all()), None)
        if last is None:
            return ""
        return last.before if last.version == number or last.state == "created" else last.version

    def _was_brought_back(self, running: Container) -> bool:
        newer = (each for each in self._all() if each.created >= running.created)
        return any(each.before == running.version for each in newer)

    def _running(self) -> Container | None:
        return next((each for each in self._all() if each.runs), None)

    def _find(self, number: str) -> Container:
        found = next((each for each in self._all() if each.version == number), None)
        if found is None:
            raise ValueError(f"there is no container of version {number}")
        return found

    def _all(self) -> list[Container]:
        """Return the containers of the service, the newest first."""
        listed = said(
            "docker", "ps", "--all", "--quiet", "--no-trunc", f"--filter=label={SERVICE}={self.service}"
        )
        if not (ids := listed.split()):
            return []
        found = map(_container, json.loads(said("docker", "inspect", "--type=container", *ids)))
        return sorted(found, key=lambda each: each.created, reverse=True)


def _container(told: dict[str, Any]) -> Container:
    labels = told["Config"]["Labels"]
    return Container(
        name=told["Name"].removeprefix("/"),
        version=labels[VERSION],
        before=labels[BEFORE],
        state=told["State"]["Status"],
        restarts=int(told["RestartCount"]),
        created=told["Created"],
    )
