"""The generated programs, copied and imported."""

import importlib
import shutil
import sys
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
        found = {name: importlib.import_module(name) for name in [*wanted, "gauges", "label_metrics"]}
        # Every program keeps figures where there are gauges; those of other tests have none.
        del sys.modules["gauges"]
        return found


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: dict[str, ModuleType]) -> World:
    """Return a generated repository, which is the working folder."""
    (tmp_path / "ops").mkdir()
    for file in PROGRAMS:
        shutil.copy(file, tmp_path / "ops")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "gauges", programs["gauges"])
    for name in ("GITHUB_OUTPUT", "GITHUB_EVENT_NAME", "MLOPS_ENV"):
        monkeypatch.delenv(name, raising=False)
    return World(tmp_path, programs)
