"""The structure of the DAGs is that of the spec: here is a spec, and here is what must come of it."""

from typing import Any

import pytest

from tests.engines.airflow.compiled_specs import FULL, compile_into
from tests.engines.airflow.environments import Installed, inside

CLOCK = "Europe/Amsterdam"
CHAINS = {
    "validate": ["validate"],
    "drift": ["drift", "drifted"],
    "retrain": ["begin", "fetch", "new_data", "validate", "pipeline", "register", "promote", "end"],
    "score": ["score"],
}
SCHEDULES = {
    "validate": {"cron": ["30 4 * * *", CLOCK], "any_of": ["mlops://lifetime/data"]},
    "drift": {"cron": ["0 5 * * *", CLOCK], "any_of": ["mlops://lifetime/validated"]},
    "retrain": {"cron": ["0 22 * * 0", CLOCK], "any_of": ["mlops://lifetime/drifted"]},
    "score": {"cron": ["15 6 * * *", CLOCK], "any_of": []},
}
OUTLETS = {"validate.validate": ["mlops://lifetime/validated"], "drift.drifted": ["mlops://lifetime/drifted"]}


@pytest.fixture(scope="module", params=["three", "two"])
def dags(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the DAGs of the spec by their kinds, as a scheduler of either Airflow knows them."""
    airflow: Installed = request.getfixturevalue(request.param)
    top = tmp_path_factory.mktemp("structure")
    folder = compile_into(top / "house", FULL)
    found = inside(airflow, top, "describe", folder)["folders"][str(folder)]
    assert not found["errors"]
    return {name.removeprefix("lifetime-"): dag for name, dag in found["dags"].items()}


def test_there_are_these_dags_and_no_others(dags: dict[str, Any]) -> None:
    assert dags.keys() == CHAINS.keys()


def test_the_tasks_follow_each_other(dags: dict[str, Any]) -> None:
    for kind, chain in CHAINS.items():
        edges = {name: task["downstream"] for name, task in dags[kind]["tasks"].items()}
        assert edges == {name: chain[place + 1 : place + 2] for place, name in enumerate(chain)}, kind


def test_clocks_and_assets_start_them(dags: dict[str, Any]) -> None:
    assert {kind: dag["schedule"] for kind, dag in dags.items()} == SCHEDULES


def test_assets_join_them(dags: dict[str, Any]) -> None:
    found = {
        f"{kind}.{name}": task["outlets"] for kind, dag in dags.items() for name, task in dag["tasks"].items()
    }
    assert {name: outlets for name, outlets in found.items() if outlets} == OUTLETS


def test_one_run_at_a_time_and_nothing_is_made_good(dags: dict[str, Any]) -> None:
    assert {(dag["max_active_runs"], dag["catchup"]) for dag in dags.values()} == {(1, False)}


def test_each_task_is_tried_and_ended_as_the_spec_says(dags: dict[str, Any]) -> None:
    for kind, dag in dags.items():
        for name, task in dag["tasks"].items():
            retries = 0 if name == "end" else 3
            said = (task["retries"], task["retry_delay"], task["backoff"], task["timeout"], task["pool"])
            assert said == (retries, 600.0, True, 7200.0, "training"), f"{kind}.{name}"


def test_only_the_end_runs_whatever_has_failed(dags: dict[str, Any]) -> None:
    rules = {
        f"{kind}.{name}": task["trigger_rule"]
        for kind, dag in dags.items()
        for name, task in dag["tasks"].items()
    }
    assert {name for name, rule in rules.items() if rule != "all_success"} == {"retrain.end"}
    assert rules["retrain.end"] == "all_done"


def test_owner_tags_and_words_are_the_specs(dags: dict[str, Any]) -> None:
    for dag in dags.values():
        assert {task["owner"] for task in dag["tasks"].values()} == {"@acme/crm"}
        assert {"lifetime", "@acme/crm"} <= set(dag["tags"])
        assert dag["doc"]
    assert "What a customer will be worth" in dags["retrain"]["doc"]
