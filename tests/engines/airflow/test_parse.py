"""The files of DAGs are read: by each Airflow, forty models at once, with nothing else installed."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.engines.airflow.compiled_specs import FILES, FULL, compile_into, gathered
from tests.engines.airflow.environments import Installed, inside

# Also a module of Python, and a name that begins as another one with its kind does.
NAMES = [*(f"m{number}" for number in range(38)), "random", "m1-validate"]
FORTY = [FULL.replace("lifetime", name) for name in NAMES]


@pytest.fixture(scope="module")
def forty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the DAGs of forty models."""
    return compile_into(tmp_path_factory.mktemp("forty") / "house", *FORTY)


@pytest.fixture(scope="module")
def goldens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the DAGs of all goldens that run in Airflow's own processes."""
    assert FILES
    here = [file for file in FILES if "KubernetesPodOperator" not in file.read_text()]
    return gathered(tmp_path_factory.mktemp("goldens") / "dags", here)


@pytest.fixture(scope="module")
def read_by_three(
    three: Installed, goldens: Path, forty: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Return what Airflow 3 makes of both folders."""
    return inside(three, tmp_path_factory.mktemp("three"), "describe", goldens, forty)


@pytest.fixture(scope="module")
def read_by_two(
    two: Installed, goldens: Path, forty: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Return what Airflow 2 makes of both folders."""
    return inside(two, tmp_path_factory.mktemp("two"), "describe", goldens, forty)


@pytest.fixture(params=["read_by_three", "read_by_two"])
def read(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return what one of them makes of both folders."""
    found: dict[str, Any] = request.getfixturevalue(request.param)
    return found


def test_no_import_errors(read: dict[str, Any], goldens: Path, forty: Path) -> None:
    assert {name: bag["errors"] for name, bag in read["folders"].items()} == {
        str(goldens): {},
        str(forty): {},
    }


def test_forty_models_collide_in_nothing(read: dict[str, Any], forty: Path) -> None:
    dags = read["folders"][str(forty)]["dags"]
    models = {name.rpartition("-")[0] for name in dags}
    assert len(models) == 40
    assert len(dags) == 40 * 4, "validate, drift, retrain and score of each"
    for name, dag in dags.items():
        model = name.rpartition("-")[0]
        assert model in dag["tags"]
        uris = [
            *(dag["schedule"]["any_of"] or []),
            *(uri for task in dag["tasks"].values() for uri in task["outlets"]),
        ]
        assert all(uri.startswith(f"mlops://{model}/") for uri in uris)


def test_what_is_serialised_comes_back(read: dict[str, Any]) -> None:
    assert [bag["differs"] for bag in read["folders"].values()] == [[], []]


def test_reading_imports_nothing_heavy(read: dict[str, Any]) -> None:
    assert read["heavy"] == []


def test_both_read_the_same(read_by_three: dict[str, Any], read_by_two: dict[str, Any], forty: Path) -> None:
    first, second = (read["folders"][str(forty)]["dags"] for read in (read_by_three, read_by_two))
    assert first == second


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_ruff_has_nothing_to_say_of_airflow(file: Path) -> None:
    ruff = [Path(sys.executable).parent / "ruff", "check", "--isolated", "--preview", "--select=AIR"]
    done = subprocess.run([*ruff, file], capture_output=True, text=True, check=False)
    assert not done.returncode, done.stdout


def test_ruff_knows_what_airflow_has_left_behind(tmp_path: Path) -> None:
    file = tmp_path / "dag.py"
    file.write_text(
        "from airflow import DAG\nfrom airflow.operators.python_operator import PythonOperator\nDAG('x', schedule_interval='@daily')\n"
    )
    ruff = [Path(sys.executable).parent / "ruff", "check", "--isolated", "--preview", "--select=AIR"]
    assert subprocess.run([*ruff, file], capture_output=True, check=False).returncode == 1
