"""The generated programs, copied and imported."""

import importlib
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest_engines import engine
from tests.engines.scipy.world import PROGRAMS, World


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModuleType]:
    """Return the programs by name."""
    engine("scipy")
    folder = tmp_path_factory.mktemp("ops")
    for file in PROGRAMS:
        shutil.copy(file, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        wanted = [file.stem for file in PROGRAMS if file.parent.parent.name == "drift"]
        return {name: importlib.import_module(name) for name in wanted}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: dict[str, ModuleType]) -> World:
    """Return a generated repository, which is the working folder."""
    (tmp_path / "ops").mkdir()
    for file in PROGRAMS:
        shutil.copy(file, tmp_path / "ops")
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_OUTPUT", "MLOPS_ENV"):
        monkeypatch.delenv(name, raising=False)
    return World(tmp_path, programs)
