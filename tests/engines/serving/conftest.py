"""Models that are saved once, and a service that most tests ask."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.engines.serving import world
from tests.engines.serving.world import FASTAPI, Running


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model that misbehaves when it is asked to."""
    engine("mlflow")
    return world.odd(tmp_path_factory.mktemp("models") / "odd")


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a model of scikit-learn's."""
    engine("mlflow")
    return world.sound(tmp_path_factory.mktemp("models") / "sound")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, odd: Path) -> Iterator[Running]:
    """Return a service with a log of predictions, in an environment without a name."""
    root = world.compiled(tmp_path_factory.mktemp("service") / "churn", FASTAPI)
    with Running(root, odd, {"PREDICTION_LOG": str(root / "logs")}) as running:
        yield running
