"""A compiled repository, made once, and a copy of it for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.engines.deployment.stepwise import HERE, compile_canary, compile_test, job
from tests.engines.deployment.world import Service, World, made
from tests.engines.loop.conftest import database, programs

__all__ = ["database", "programs"]


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory, database: Path) -> Path:
    """Return a compiled repository with its versions."""
    engine("mlflow")
    import mlflow.artifacts  # noqa: F401

    return made(tmp_path_factory.mktemp("deployment") / "churn", database)


@pytest.fixture
def service() -> Iterator[Service]:
    """Return what answers in every container."""
    found = Service()
    yield found
    found.close()


@pytest.fixture
def world(repository: Path, tmp_path: Path, service: Service) -> World:
    """Return a copy of the repository, with tools that know of nothing yet."""
    world = World(tmp_path / "churn", service.socket)
    shutil.copytree(repository, world.root, symlinks=True)
    world.begin()
    return world


@pytest.fixture(scope="session")
def with_images(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository after the images of the versions that passed were built."""
    world = World(tmp_path_factory.mktemp("built") / "churn", "")
    shutil.copytree(repository, world.root, symlinks=True)
    world.begin()
    for version in ("1", "2", "4"):
        assert world.step("image", version)["verdict"] == "done"
    return world.root


@pytest.fixture
def built(with_images: Path, tmp_path: Path, service: Service) -> World:
    """Return a copy of the repository, with the images of the versions that passed."""
    world = World(tmp_path / "churn", service.socket)
    shutil.copytree(with_images, world.root, symlinks=True)
    return world


@pytest.fixture(scope="session")
def with_canary(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository that gives versions their traffic in steps; the first one serves."""
    world = World(tmp_path_factory.mktemp("stepwise") / "churn", "")
    shutil.copytree(repository, world.root, symlinks=True)
    world.begin()
    compile_canary(world)
    world.change("kubectl", contexts={"prd-eu": {}})
    assert world.step("deploy", "1", HERE)["verdict"] == "done"
    assert world.step("promote", "1", HERE)["verdict"] == "promoted"
    return world.root


@pytest.fixture
def stepping(with_canary: Path, tmp_path: Path, service: Service) -> World:
    """Return a copy of the repository in which version 1 serves, and others come step by step."""
    world = World(tmp_path / "churn", service.socket)
    shutil.copytree(with_canary, world.root, symlinks=True)
    job(world)
    return world


@pytest.fixture(scope="session")
def with_test(with_canary: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository in which an A/B test follows the last step."""
    world = World(tmp_path_factory.mktemp("tested") / "churn", "")
    shutil.copytree(with_canary, world.root, symlinks=True)
    return compile_test(world).root


@pytest.fixture
def testing(with_test: Path, tmp_path: Path, service: Service) -> World:
    """Return a copy of the repository in which version 2 is tested on real users beside version 1."""
    world = World(tmp_path / "churn", service.socket)
    shutil.copytree(with_test, world.root, symlinks=True)
    job(world, pace=3600)
    assert world.step("deploy", "2", HERE)["verdict"] == "running"
    return world
