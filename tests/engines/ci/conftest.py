"""The programs that every CI calls, imported once beside those of the loop, on the loop's project."""

import importlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest_engines import engine
from tests.engines.loop.conftest import bare, database, project  # noqa: F401
from tests.engines.loop.project import PROGRAMS, TEMPLATES

OURS = [file for owner in ("ci", "notify") for file in sorted(TEMPLATES.glob(f"{owner}/ops/*.py"))]


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModuleType]:
    """Return the programs by name."""
    folder = tmp_path_factory.mktemp("ops")
    for file in [*PROGRAMS, *OURS]:
        shutil.copy(file, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        return {file.stem: importlib.import_module(file.stem) for file in [*PROGRAMS, *OURS]}


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take away what a CI, or somebody's cloud, would bring."""
    words = "GITHUB_STEP_SUMMARY GITHUB_WORKFLOW GITHUB_JOB JOB_NAME STAGE_NAME WORKFLOW COMPARE_WITH STEPS "
    words += "JOB_STATUS RUN_URL GITHUB_SERVER_URL GITHUB_REPOSITORY GITHUB_RUN_ID "
    words += "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_PROFILE AWS_DEFAULT_REGION"
    for name in words.split():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path.parent / f"{tmp_path.name}-home"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


@pytest.fixture(scope="session")
def store() -> Iterator[str]:
    """Return the address of an S3 server on this machine."""
    engine("dvc_s3")
    engine("moto")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
