"""Two versions of one model, stable and canary, as processes behind a mesh."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.engines.arms import world
from tests.engines.arms.world import Pair
from tests.engines.serving.world import odd


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model that misbehaves when it is asked to."""
    for name in ("mlflow", "fastapi", "prometheus_client"):
        engine(name)
    return odd(tmp_path_factory.mktemp("models") / "odd")


@pytest.fixture(scope="module")
def pods(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[Pair]:
    """Return both versions while a test runs: half of all ids are the canary's."""
    with world.pair(tmp_path_factory.mktemp("pods"), model) as found:
        yield found


@pytest.fixture
def pair(pods: Pair) -> Pair:
    """Return both versions, where nothing is wrong, and stable knows the way to the canary."""
    return pods.mended()
