"""The generated programs, imported, and a repository of their own for each test."""

from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest_engines import engine
from tests.engines.ab_test.world import World, imported


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModuleType]:
    """Return the programs by name."""
    for name in ("scipy", "pandas", "pyarrow", "fsspec"):
        engine(name)
    return imported(tmp_path_factory.mktemp("ab_test") / "ops")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: dict[str, ModuleType]) -> World:
    """Return a repository, which is the working folder, with a test of version 8 that needs no cluster."""
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_OUTPUT", "MLOPS_ENV", "DRY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VERSION", "8")
    monkeypatch.setenv("START", "2026-11-20T00:00Z")
    return World(tmp_path, programs)
