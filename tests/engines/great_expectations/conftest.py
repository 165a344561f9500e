"""The generated programs, copied and imported; one warm Great Expectations serves all tests."""

import importlib
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest_engines import engine
from tests.engines.great_expectations.watched import Watched
from tests.engines.great_expectations.world import PROGRAMS, Repository


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModuleType]:
    """Return the programs by name."""
    engine("great_expectations")
    folder = tmp_path_factory.mktemp("ops")
    for file in PROGRAMS:
        shutil.copy(file, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        return {file.stem: importlib.import_module(file.stem) for file in PROGRAMS}


@pytest.fixture
def repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: dict[str, ModuleType]
) -> Repository:
    """Return an empty generated repository, which is the working folder."""
    (tmp_path / "ops").mkdir()
    for file in PROGRAMS:
        shutil.copy(file, tmp_path / "ops")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    return Repository(tmp_path, programs)


@pytest.fixture
def world(repository: Repository) -> Watched:
    """Return a watched folder."""
    return Watched(repository)
