"""Airflow 2 runs the same file: the data is looked at, a model is trained and promoted, and then there is nothing new."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest_engines import engine
from tests.engines.airflow import life
from tests.engines.airflow.environments import Installed, inside

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository without a model yet."""
    for name in ("dvc", "mlflow", "great_expectations"):
        engine(name)
    return life.repository(tmp_path_factory.mktemp("two") / "churn", life.CHURN)


@pytest.fixture(scope="module")
def runs(two: Installed, root: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """Return how three DAGs ended that were run one after the other, as `airflow dags test` runs them."""
    scratch = tmp_path_factory.mktemp("scratch")
    names = ("DVC_SITE_CACHE_DIR", "DVC_GLOBAL_CONFIG_DIR", "DVC_SYSTEM_CONFIG_DIR")
    apart = {name: str(scratch / name) for name in names}
    dags = ("churn-validate", "churn-retrain", "churn-retrain")
    found: list[Any] = inside(two, scratch, "play", root / "dags", *dags, **apart)
    return found


def test_the_data_is_looked_at(runs: list[Any]) -> None:
    assert runs[0] == {"state": "success", "tasks": {"validate": "success"}}


def test_the_first_model_becomes_champion(runs: list[Any], root: Path) -> None:
    tasks = ["begin", "fetch", "new_data", "validate", "pipeline", "register", "promote", "end"]
    assert runs[1] == {"state": "success", "tasks": dict.fromkeys(tasks, "success")}
    assert life.aliases(root)["champion"] == 1


def test_without_new_data_the_rest_is_skipped(runs: list[Any]) -> None:
    done = {"begin": "success", "fetch": "success"}
    assert runs[2]["tasks"] == dict.fromkeys(runs[1]["tasks"], "skipped") | done | {
        "end": runs[2]["tasks"]["end"]
    }
    assert runs[2]["tasks"]["end"] in ("success", "skipped")
