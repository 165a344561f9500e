"""The programs, copied and imported once; a database that every test begins with a copy of."""

import importlib
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest_engines import engine
from tests.engines.loop.project import PROGRAMS, Project


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModuleType]:
    """Return the programs by name."""
    folder = tmp_path_factory.mktemp("ops")
    for file in PROGRAMS:
        shutil.copy(file, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        return {file.stem: importlib.import_module(file.stem) for file in PROGRAMS}


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory, programs: dict[str, ModuleType]) -> Path:
    """Return an MLflow database with its tables, which take seconds to create."""
    engine("mlflow")
    path = tmp_path_factory.mktemp("database") / "mlflow.db"
    programs["registry"].connect(f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: dict[str, ModuleType]) -> Project:
    """Return a project with code and data and no model, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    monkeypatch.delenv("MLOPS_ENV", raising=False)
    for name in ("DVC_SITE_CACHE_DIR", "DVC_GLOBAL_CONFIG_DIR", "DVC_SYSTEM_CONFIG_DIR"):
        monkeypatch.setenv(name, str(tmp_path.parent / f"{tmp_path.name}-{name}"))
    project = Project(tmp_path, programs)
    project.begin()
    return project


@pytest.fixture
def project(bare: Project, database: Path) -> Project:
    """Return a project with a tracking store of its own."""
    shutil.copy(database, bare.root / "mlflow.db")
    # MLflow keeps one store per address: a relative one would be that of the first test.
    bare.configure(tracking={"uri": f"sqlite:///{bare.root}/mlflow.db", "experiment": "churn"})
    bare.commit()
    return bare


def dvc(root: Path, *arguments: str) -> str:
    """Run DVC, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "dvc", *arguments], cwd=root, capture_output=True, text=True, check=True
    )
    return done.stdout
