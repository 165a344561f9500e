"""One host: serving/deploy.sh does it, by docker; this says with which names and values.

What runs and what ran before is told by the labels of containers, so that a run that was killed, or one
on another machine (DOCKER_HOST), finds it.
"""

from __future__ import annotations

import os
import re
import subprocess  # nosec B404
from dataclasses import dataclass

from release import PROBE, Images, answered, changing, said

SCRIPT = "serving/deploy.sh"


@dataclass(frozen=True)
class Container:
    """A container of the service, as `deploy.sh status` tells it: `state` is serves, silent or stopped."""

    version: str
    state: str
    before: str
    name: str
    image: str


class Host:
    """The service on one host."""

    def __init__(self, images: Images, log: str) -> None:
        """Take the images, and the folder or URL for predictions; MLOPS_ENV and LISTEN say who and where."""
        environment = os.environ.get("MLOPS_ENV")
        if os.environ.get("RUNNER_ENVIRONMENT") == "github-hosted" and not os.environ.get("DOCKER_HOST"):
            raise ValueError(
                "this machine is thrown away after the run: set DOCKER_HOST to the host that serves, "
                "name a cluster in the spec, or run on a machine of your own (ci.runner)"
            )
        self.images, self.log = images, log
        self.service = f"{images.model}-{environment}" if environment else images.model
        self.address = os.environ.get("LISTEN") or "127.0.0.1:8080"
        if not re.fullmatch(r"(?:[0-9.]+:|\[[0-9a-f:]+\]:)?[0-9]{1,5}", self.address):
            raise ValueError(f"LISTEN is {self.address!r}: write an address and a port, 127.0.0.1:8080")

    def version(self) -> str:
        """Return the version in service; empty when there is none."""
        serving = self._serving()
        return serving.version if serving else ""

    def deploy(self, number: str) -> list[str]:
        """Bring a version into service beside what runs; raise ValueError if it does not come up."""
        if [each.version for each in self._all() if each.state != "stopped"] != [number]:
            changing()
        return self._script("up", number, self.images.of(number)).splitlines()

    def back(self, number: str) -> tuple[str, list[str]]:
        """Bring back what ran before a version, or before what runs; return what runs, and what was done."""
        lines = self._script("back", number).splitlines()
        return self.version(), lines

    def ready(self) -> str:
        """Return why the service is not ready; empty when it is."""
        serving = self._serving()
        if serving is None:
            return "nothing runs"
        return "" if serving.state == "serves" else f"{serving.name} does not answer"

    def ask(self, body: bytes, count: int) -> tuple[int, str]:
        """Send requests; return how many failed, and what else is worth saying."""
        serving = self._serving()
        if serving is None:
            raise ValueError("nothing runs")
        return answered(said("docker", "exec", "--interactive", serving.name, *PROBE, str(count), body=body))

    def _serving(self) -> Container | None:
        """Return the newest container that answers, else the newest that runs."""
        running = [each for each in self._all() if each.state != "stopped"]
        good = [each for each in running if each.state == "serves"]
        return next(iter(good or running), None)

    def _all(self) -> list[Container]:
        """Return the containers of the service, the newest first."""
        _, *rows = self._script("status").splitlines()
        return [Container(*row.split()) for row in rows]

    def _script(self, *words: str) -> str:
        """Run deploy.sh, and return what it prints; raise ValueError with what it complains of."""
        told = os.environ | {"SERVICE": self.service, "LISTEN": self.address} | self._predictions()
        script = ["sh", SCRIPT, *words]
        done = subprocess.run(script, check=False, env=told, capture_output=True, text=True)  # nosec B603
        if done.returncode:
            complaint = done.stderr.strip().removeprefix("deploy.sh: ")
            raise ValueError(complaint[:2000] or f"{SCRIPT} ended with {done.returncode}")
        return done.stdout

    def _predictions(self) -> dict[str, str]:
        """Return where predictions are kept: a URL, or a volume that is a folder inside."""
        if not self.log or "://" in self.log:
            return {"PREDICTION_LOG": self.log}
        kept = os.environ.get("PREDICTIONS") or f"{self.service}-predictions"
        return {"PREDICTION_LOG": "/run/predictions", "PREDICTIONS": kept}
