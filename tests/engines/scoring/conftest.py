"""A champion, made once; every test begins with a copy of its repository and its registry."""

import json
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest_engines import engine
from tests.engines.scoring.world import CUT, World, programs


@pytest.fixture(scope="session")
def ops(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModuleType]:
    """Return the programs by name."""
    folder = tmp_path_factory.mktemp("scoring-ops")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        return programs(folder)


@pytest.fixture(scope="session")
def champion(tmp_path_factory: pytest.TempPathFactory, ops: dict[str, ModuleType]) -> Path:
    """Return a repository whose first version is the champion."""
    engine("mlflow")
    root = tmp_path_factory.mktemp("champion")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        for name in ("GITHUB_OUTPUT", "MLOPS_ENV", "VERSION"):
            patch.delenv(name, raising=False)
        world = World(root, ops)
        world.begin()
        world.configure(tracking={"uri": f"sqlite:///{root}/mlflow.db", "experiment": "churn"})
        world.commit()
        world.version(CUT)
        assert world.step("promote")["verdict"] == "promoted"
    return root


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, champion: Path, ops: dict[str, ModuleType]
) -> World:
    """Return a copy of it, which is the working folder, with old scores in their place."""
    root = tmp_path / "churn"
    shutil.copytree(champion, root, symlinks=True)
    monkeypatch.chdir(root)
    for name in ("GITHUB_OUTPUT", "MLOPS_ENV", "VERSION", "MISDEED"):
        monkeypatch.delenv(name, raising=False)
    world = World(root, ops)
    world.config = json.loads((root / "config/default.json").read_text())
    world.configure(tracking={"uri": f"sqlite:///{root}/mlflow.db", "experiment": "churn"})
    world.old()
    return world
