"""The DAGs run, in a real scheduler: from drift to a new champion, and every way in which there is none."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest_engines import engine
from tests.engines.airflow import life
from tests.engines.airflow.environments import Installed
from tests.engines.airflow.scheduler import HEARD, Running, running
from tests.engines.loop.project import rows

pytestmark = pytest.mark.slow
# In the order in which one follows the other; each starts when the one before it has ended.
STEPS = ["begin", "fetch", "new_data", "validate", "pipeline", "register", "promote", "end"]


def after(last: str) -> dict[str, str]:
    """Return how the tasks end when all after one of them is skipped; empty: all of them."""
    done = STEPS[: STEPS.index(last) + 1] if last else []
    return dict.fromkeys(STEPS, "skipped") | dict.fromkeys(done, "success")


@dataclass
class Played:
    """What happened: the runs by their stories, the champion after each, and all that was told."""

    runs: dict[str, Any] = field(default_factory=dict)
    champions: dict[str, int] = field(default_factory=dict)
    heard: list[dict[str, Any]] = field(default_factory=list)

    def states(self, story: str) -> dict[str, str]:
        """Return the state in which each task of a run ended."""
        return {task: state for task, (state, _) in self.runs[story]["tasks"].items()}

    def tries(self, story: str) -> dict[str, int]:
        """Return how often each task of a run was tried."""
        return {task: count for task, (_, count) in self.runs[story]["tasks"].items()}

    def told(self, model: str) -> str:
        """Return all that was told of a model."""
        return "\n".join(str(message) for message in self.heard if model in str(message))


@pytest.fixture(scope="module")
def played(three: Installed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Play it all, in one Airflow with four models, two of whose files are links into their repositories."""
    for name in ("dvc", "mlflow", "make", "great_expectations"):
        engine(name)
    top = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DVC_SITE_CACHE_DIR", "DVC_GLOBAL_CONFIG_DIR", "DVC_SYSTEM_CONFIG_DIR"):
            patch.setenv(name, str(top / name))
        roots = models(top)
        life.champion(roots["churn"])
        (roots["churn"] / "incoming/monday.csv").write_text(rows(100, seed=1, shift=15))
        life.cut(roots["churn"], 41)
        homes = {f"MLOPS_{name.upper()}_HOME": str(root) for name, root in roots.items() if name != "churn"}
        with running(three, top / "airflow", top / "dags", NOTIFY_URL=HEARD, **homes) as airflow:
            yield play(airflow, roots["churn"])


def models(top: Path) -> dict[str, Path]:
    """Lay out the repositories, and one folder with the DAGs of all."""
    made = {
        "churn": life.repository(top / "churn", life.CHURN),
        "unreachable": life.repository(top / "unreachable", life.WEEKLY, life.UNREACHABLE),
        "spoiled": life.repository(top / "spoiled", life.WEEKLY, life.SPOILED),
        "idle": life.repository(top / "idle", life.POLLS),
    }
    (top / "dags").mkdir()
    for name, root in made.items():
        file = root / "dags" / f"mlops_{name}.py"
        # One is found by the place of its file, the others by the variable of their environment.
        os.symlink(file, top / "dags" / file.name) if name == "churn" else file.rename(
            top / "dags" / file.name
        )
    return made


def play(airflow: Running, churn: Path) -> Played:
    """Let the schedules begin, then call from outside and by hand."""
    played = Played()

    def keep(story: str, dag: str, number: int = 1) -> None:
        played.runs[story] = airflow.run(dag, number)
        played.champions[story] = life.aliases(churn)["champion"]

    keep("drift", "churn-drift")
    keep("healthy", "churn-retrain")
    airflow.trigger("churn-retrain", trigger="webhook", event="7")
    keep("cooling", "churn-retrain", 2)
    life.cut(churn, 79)
    (churn / "incoming/tuesday.csv").write_text(rows(60, seed=2))
    airflow.trigger("churn-retrain", trigger="manual", event="8")
    keep("inferior", "churn-retrain", 3)
    for name in ("unreachable", "spoiled", "idle"):
        keep(name, f"{name}-retrain")
    played.heard = airflow.heard()
    return played


def test_drift_starts_the_retraining_by_its_asset(played: Played) -> None:
    assert played.states("drift") == {"drift": "success", "drifted": "success"}
    assert played.runs["healthy"]["triggered_by"] == "ASSET"
    assert played.runs["healthy"]["logical_date"] is None


def test_a_sound_model_becomes_champion(played: Played) -> None:
    assert played.runs["healthy"]["state"] == "success"
    assert played.states("healthy") == dict.fromkeys(STEPS, "success")
    assert (played.champions["drift"], played.champions["healthy"]) == (1, 2)


def test_the_gate_refuses_an_inferior_model_which_is_not_tried_again(played: Played) -> None:
    assert played.runs["inferior"]["state"] == "success"
    assert played.states("inferior") == after("pipeline")
    assert played.tries("inferior")["register"] == 1
    assert played.champions["inferior"] == 2
    assert "refused" in played.told("churn")


def test_a_call_within_the_cooldown_ends_at_once(played: Played) -> None:
    assert played.states("cooling") == after("")
    assert played.champions["cooling"] == 2


def test_without_a_reason_nothing_is_trained_and_nobody_is_told(played: Played) -> None:
    assert played.states("idle") == after("")
    assert not played.told("idle")


def test_bad_data_stops_what_comes_after_and_is_told(played: Played) -> None:
    assert played.runs["spoiled"]["state"] == "success"
    assert played.states("spoiled") == after("new_data")
    assert played.tries("spoiled")["validate"] == 1
    assert "churned: 1 of 401 values" in played.told("spoiled")


def test_an_error_is_tried_again_then_it_fails_and_is_told(played: Played) -> None:
    assert played.runs["unreachable"]["state"] == "failed"
    tried = {"begin": "success", "fetch": "failed", "end": "failed"}
    assert played.states("unreachable") == dict.fromkeys(STEPS, "upstream_failed") | tried
    assert played.tries("unreachable")["fetch"] == 2
    assert "unreachable-retrain: fetch failed" in played.told("unreachable")
