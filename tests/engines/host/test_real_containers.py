"""deploy.sh against a real engine: podman, called as docker is."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.containers.podman import Podman
from tests.engines.host.client import Callers
from tests.engines.host.conftest import run_script

TINY = Path(__file__).with_name("tiny.py")


@pytest.fixture
def podman(programs: Path) -> Iterator[Podman]:
    """Return an engine with images of three versions, the last of which does not start."""
    podman = Podman()
    files = {f"srv/{path.name}": path for path in (*programs.iterdir(), TINY) if path.is_file()}
    for version in ("1", "2", "3"):
        podman.image(
            f"churn:churn-v{version}",
            files,
            ("run/handover",),
            "LABEL mlops.handover=1",
            "ENV APP=tiny:app",
            f"ENV MODEL_VERSION={version}",
            f"ENV ILL={'import' if version == '3' else 'no'}",
            'CMD ["python", "/srv/launch.py"]',
        )
    yield podman
    podman.close()


def test_versions_change_in_real_containers_and_no_request_is_lost(podman: Podman, port: int) -> None:
    given = {
        "PATH": f"{podman.folder}/bin:{os.environ['PATH']}",
        "SERVICE": "churn",
        "LISTEN": f"127.0.0.1:{port}",
        "SETTLE_SECONDS": "0",
        "DRAIN_SECONDS": "5",
        "PAUSE_SECONDS": "0.2",
    }
    said = f"version 1 serves at 127.0.0.1:{port}\n"
    assert run_script(given, "up", "1", "churn:churn-v1") == (0, said, "")
    with Callers(port, keeping=1, opening=1, pause=0.005).asking() as callers:
        assert run_script(given, "up", "2", "churn:churn-v2")[0] == 0
        code, _, err = run_script(given, "up", "3", "churn:churn-v3")
        assert (code, "version 3 did not come up, and version 2 goes on" in err) == (1, True), err
        assert run_script(given, "back", "2")[1] == "version 1 is in service again\n"
    assert (callers.failures, set(callers.answers)) == ([], {"1", "2"})
    states = {row.split()[0]: row.split()[1] for row in run_script(given, "status")[1].splitlines()[1:]}
    assert states == {"3": "stopped", "2": "stopped", "1": "serves"}
    (found,) = json.loads(podman.run("inspect", "churn-v1"))
    assert (found["Config"]["User"], found["HostConfig"]["ReadonlyRootfs"]) == ("10001:10001", True)
