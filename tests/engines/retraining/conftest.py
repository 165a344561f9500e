"""The programs, copied and imported once, and a repository for each test."""

import importlib
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from tests.engines.retraining.world import PROGRAMS, World, clean_environment


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModuleType]:
    """Return the programs by name."""
    folder = tmp_path_factory.mktemp("ops")
    for file in PROGRAMS:
        shutil.copy(file, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        return {file.stem: importlib.import_module(file.stem) for file in PROGRAMS}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: dict[str, ModuleType]) -> World:
    """Return a repository with one file waiting, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    clean_environment()
    world = World(tmp_path, programs)
    world.configure()
    world.arrive("first.csv", 10)
    return world
