"""The programs around a service, and a host with an engine for containers."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engines.host.client import Callers
from tests.engines.host.engine import Engine, free_port

TEMPLATES = Path(__file__).parents[3] / "templates"
DEPLOY = TEMPLATES / "deployment/serving/deploy.sh"
# As the compiler writes them.
SETTINGS = json.loads((TEMPLATES.parent / "golden/credit-risk/serving/service.json").read_text())
# For a test that waits until they are over.
SETTINGS["limits"]["seconds"] = 2


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what /srv holds in an image."""
    folder = tmp_path_factory.mktemp("srv") / "srv"
    shutil.copytree(TEMPLATES / "serving/serving", folder)
    for probe in (*TEMPLATES.glob("*/ops/probe.py"), *TEMPLATES.glob("*/serving/probe.py")):
        shutil.copy(probe, folder)
    (folder / "service.json").write_text(json.dumps(SETTINGS))
    return folder


def run_script(environment: dict[str, str], *words: str) -> tuple[int, str, str]:
    """Run deploy.sh; return its exit code and what it printed."""
    process = subprocess.Popen(
        ["/bin/sh", DEPLOY, *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A group of its own, so that all of it can be killed.
        start_new_session=True,
    )
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


@dataclass
class Host:
    """A host that serves, and somebody who runs deploy.sh."""

    engine: Engine
    port: int

    def given(self, **environment: str) -> dict[str, str]:
        """Return what deploy.sh is told."""
        return {
            "PATH": f"{self.engine.folder}/bin:/usr/bin:/bin",
            "SERVICE": "churn-staging",
            "LISTEN": f"127.0.0.1:{self.port}",
            "PAUSE_SECONDS": "0.02",
            "SETTLE_SECONDS": "0",
            "DRAIN_SECONDS": "4",
            "PATIENCE_SECONDS": "20",
            **environment,
        }

    def run(self, *words: str, **environment: str) -> tuple[int, str, str]:
        """Run deploy.sh; return its exit code and what it printed."""
        return run_script(self.given(**environment), *words)

    def image(self, version: str, **environment: str) -> str:
        """Have an image of a version."""
        name = f"churn:churn-v{version}"
        self.engine.images[name] = {"MODEL_VERSION": version, **environment}
        return name

    def up(self, version: str, **environment: str) -> None:
        """Bring a version into service."""
        code, out, err = self.run("up", version, self.image(version), **environment)
        assert code == 0, out + err

    def serving(self) -> list[str]:
        """Return the versions that run, in the order of their making."""
        there = sorted(self.engine.containers.values(), key=lambda each: each.born)
        return [each.labels["mlops.version"] for each in there if each.state == "running"]

    def callers(self, **how: float) -> Callers:
        """Return callers of the service."""
        return Callers(self.port, **how)  # type: ignore[arg-type]


@pytest.fixture
def host(programs: Path) -> Iterator[Host]:
    """Return a host on which nothing runs."""
    engine = Engine(programs)
    yield Host(engine, free_port())
    engine.close()


@pytest.fixture
def short() -> Iterator[Path]:
    """Return a folder whose path leaves room for the name of a unix socket."""
    with tempfile.TemporaryDirectory(prefix="h", dir="/tmp") as name:
        yield Path(name)


@pytest.fixture
def port() -> int:
    """Return a port that nobody uses."""
    return free_port()


@pytest.fixture
def other() -> int:
    """Return another one."""
    return free_port()


@dataclass
class Process:
    """A service that was started by hand."""

    program: Path
    folder: Path
    port: int

    def start(self, version: str, **environment: str) -> "subprocess.Popen[str]":
        """Start a version; it is up when it says `serving`."""
        given = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parent),
            "APP": "tiny:app",
            "MODEL_VERSION": version,
            "LISTEN": f"127.0.0.1:{self.port}",
            "HANDOVER": str(self.folder),
            "OWN_SOCKET": str(self.folder / f"{version}.own"),
            "DRAIN_SECONDS": "5",
            **environment,
        }
        return subprocess.Popen(
            [sys.executable, self.program / "launch.py"],
            env=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
