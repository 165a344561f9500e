"""The champion moves forward and back, with its reference; doing it twice changes nothing."""

import json
import time
from pathlib import Path

import pandas as pd

from tests.engines.loop.project import Project, rows
from tests.engines.loop.test_register import BETTER, GOOD, promoted


def two(project: Project) -> None:
    """Make two champions, one after the other, from different data."""
    promoted(project, GOOD)
    project.write("data/customers.csv", rows(300, seed=1))
    promoted(project, BETTER)


def test_promotion_moves_champion_previous_and_reference(project: Project) -> None:
    promoted(project, GOOD)
    assert (project.aliases(), len(pd.read_parquet(".mlops/reference.parquet"))) == ({"champion": "1"}, 400)
    two(project)
    assert project.aliases() == {"champion": "2", "previous": "1"}
    assert len(pd.read_parquet(".mlops/reference.parquet")) == 300


def test_promoting_twice_changes_nothing(project: Project) -> None:
    two(project)
    assert project.step("promote")["verdict"] == "promoted"
    assert project.step("promote", "--version", "2")["verdict"] == "promoted"
    assert project.aliases() == {"champion": "2", "previous": "1"}


def test_without_a_candidate_there_is_nothing_to_promote(project: Project) -> None:
    report = project.step("promote")
    assert (report["verdict"], report["reasons"]) == (
        "refused",
        ["there is no candidate: run `make register` first"],
    )


def test_the_delivered_version_is_promoted_while_another_waits(project: Project) -> None:
    two(project)
    for cut in (40.6, 40.4):
        project.model(cut)
        project.configure(registry={"gate": [{"metric": "accuracy", "min": 0.5}]})
        assert project.step("register")["verdict"] == "passed"
    assert project.step("promote", "--version", "3")["verdict"] == "promoted"
    assert project.aliases() == {"champion": "3", "previous": "2", "candidate": "4"}


def test_a_rollback_brings_version_and_reference_back(project: Project) -> None:
    two(project)
    assert project.step("rollback", "--back")["verdict"] == "rolled back"
    assert project.aliases() == {"champion": "1"}
    assert len(pd.read_parquet(".mlops/reference.parquet")) == 400


def test_a_second_rollback_has_nowhere_to_go(project: Project) -> None:
    two(project)
    project.step("rollback", "--back")
    assert project.step("rollback", "--back")["verdict"] == "refused"
    assert project.aliases() == {"champion": "1"}


def test_what_was_rolled_back_does_not_come_back_by_itself(project: Project) -> None:
    two(project)
    project.step("rollback", "--back")
    report = project.step("register")
    assert (report["verdict"], project.aliases()) == ("refused", {"champion": "1"})
    assert "version 2 was rolled back" in report["reasons"][0]
    assert project.step("promote")["reasons"][-1] == "there is no new candidate"
    assert project.aliases() == {"champion": "1"}


def test_who_names_a_version_that_was_rolled_back_gets_it(project: Project) -> None:
    two(project)
    project.step("rollback", "--back")
    assert project.step("promote", "--version", "2")["verdict"] == "promoted"
    assert project.aliases() == {"champion": "2", "previous": "1"}
    assert project.step("register")["verdict"] == "passed"


def test_the_reference_can_be_brought_to_a_fresh_clone(project: Project) -> None:
    promoted(project, GOOD)
    Path(".mlops/reference.parquet").unlink()
    assert project.step("reference", "--reference")["verdict"] == "restored"
    assert len(pd.read_parquet(".mlops/reference.parquet")) == 400


def recorded() -> float:
    """Return the accuracy that drift of the metric is measured against."""
    return float(json.loads(Path(".mlops/reference_metrics.json").read_text())["accuracy"])


def test_the_recorded_metrics_move_with_the_champion(project: Project) -> None:
    promoted(project, GOOD)
    first = recorded()
    project.model(BETTER)
    project.step("register")
    assert recorded() == first, "a candidate is no champion"
    project.step("promote")
    second = recorded()
    assert second == project.report("register")["results"][-1]["value"] != first
    project.step("rollback", "--back")
    assert recorded() == first
    Path(".mlops/reference_metrics.json").unlink()
    project.ops["promote"].bring(project.config)
    assert recorded() == first


def test_a_clone_without_a_champion_has_nothing_to_bring(project: Project) -> None:
    project.ops["promote"].bring(project.config)
    assert not Path(".mlops/reference.parquet").exists()


def test_without_a_champion_there_is_no_reference(project: Project) -> None:
    report = project.step("reference", "--reference")
    assert (report["verdict"], report["reasons"]) == ("error", ["ValueError: churn has no champion yet"])


def test_since_when_a_version_is_champion_is_said_by_its_tag(project: Project) -> None:
    before = int(time.time())
    two(project)
    first, second = (int(each.tags["mlops.promoted"]) for each in project.versions())
    assert before <= first <= second <= time.time()
    # Promoted again it is the champion already, since then.
    assert project.step("promote")["verdict"] == "promoted"
    assert int(project.versions()[1].tags["mlops.promoted"]) == second
    project.step("rollback", "--back")
    assert int(project.versions()[0].tags["mlops.promoted"]) >= second
