"""Starting workflows."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tests.engines.github_api.conftest import Desk
from tests.engines.github_api.standin import Hub

TRAIN = "/repos/acme/models/actions/workflows/churn-train.yml/dispatches"
FALL = {"metric": "f1", "drops_by": {"absolute": 0.05}}
DEPLOY = "/repos/acme/models/actions/workflows/churn-deploy.yml/dispatches"


@pytest.fixture(autouse=True)
def _workflows(hub: Hub) -> None:
    hub.permissions = {"actions:write"}
    hub.workflows = {"churn-train.yml": {"trigger", "event"}, "churn-deploy.yml": {"version"}}


def dispatched(desk: Desk, hub: Hub, workflow: str, verdict: str = "done", **variables: str) -> Any:
    """Call the program; return what was posted, or the reason of an error."""
    for name, value in variables.items():
        desk.patch.setenv(name, value)
    report = desk.run("dispatch", [workflow])
    assert report["verdict"] == verdict
    return hub.calls("POST")[-1] if verdict == "done" else report["reasons"][-1]


def test_a_training_is_started_on_the_default_branch(desk: Desk, hub: Hub) -> None:
    hub.default_branch = "trunk"
    posted = dispatched(desk, hub, "train", TRIGGER="drift", EVENT="e-1")
    assert posted == (TRAIN, {"ref": "trunk", "inputs": {"trigger": "drift", "event": "e-1"}})
    assert (
        desk.printed
        == "churn-train.yml was started on trunk with trigger drift, event e-1\ndispatch-train: done\n"
    )


def test_a_branch_deploys_nothing(desk: Desk, hub: Hub) -> None:
    """What was trained on a branch is not what main has, whatever the branch's workflow says."""
    desk.patch.setenv("GITHUB_REF_NAME", "sidings")
    desk.patch.setenv("VERSION", "7")
    assert desk.run("dispatch", ["deploy"])["verdict"] == "refused"
    assert hub.writes() == []
    desk.patch.setenv("GITHUB_REF_NAME", "main")
    assert dispatched(desk, hub, "deploy")[0] == DEPLOY


def test_drift_without_an_event_is_told_by_its_report(desk: Desk, hub: Hub) -> None:
    """The same report is the same event: however often it is dispatched, `make retrain` trains once."""
    desk.report("drift", "drift", score=0.4)
    first = dispatched(desk, hub, "train", TRIGGER="drift", GITHUB_RUN_ID="1")[1]["inputs"]
    assert first == dispatched(desk, hub, "train", GITHUB_RUN_ID="2")[1]["inputs"]
    assert first["event"].startswith("drift-")
    desk.report("drift", "drift", score=0.5)
    assert first != dispatched(desk, hub, "train")[1]["inputs"]


def test_another_trigger_without_an_event_is_told_by_the_run(desk: Desk, hub: Hub) -> None:
    posted = dispatched(desk, hub, "train", TRIGGER="schedule", GITHUB_RUN_ID="77")
    assert posted[1]["inputs"] == {"trigger": "schedule", "event": "run-77"}


def test_a_training_that_nothing_asks_for_is_not_started(desk: Desk, hub: Hub) -> None:
    desk.configure(metrics={"f1": "higher"}, retraining={"triggers": {"drift": True, "metric": FALL}})
    desk.report("drift", "no drift")
    assert desk.run("dispatch", ["train"])["verdict"] == "skipped"
    assert hub.writes() == []


@pytest.mark.parametrize(
    ("verdict", "before", "trigger"), [("drift", 0.8, "drift"), ("no drift", 0.9, "metric")]
)
def test_the_report_of_drift_says_which_trigger_fires(
    desk: Desk, hub: Hub, verdict: str, before: float, trigger: str
) -> None:
    desk.configure(metrics={"f1": "higher"}, retraining={"triggers": {"drift": True, "metric": FALL}})
    path = desk.report("drift", verdict)
    result = {"method": "metric", "column": "f1", "statistic": 0.8, "effect": before - 0.8}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"results": [result]}))
    inputs = dispatched(desk, hub, "train")[1]["inputs"]
    assert inputs["trigger"] == trigger
    assert inputs["event"].startswith(f"{trigger}-")


def test_a_deployment_is_of_one_version(desk: Desk, hub: Hub) -> None:
    posted = dispatched(desk, hub, "deploy", VERSION="7")
    assert posted == (DEPLOY, {"ref": "main", "inputs": {"version": "7"}})


@pytest.mark.parametrize("version", ["champion", "07", "0", "-1", "7.0", "7\n", "٧", "7;id", "1" * 30])
def test_a_version_is_a_plain_whole_number(desk: Desk, hub: Hub, version: str) -> None:
    assert "it is a whole number" in dispatched(desk, hub, "deploy", "error", VERSION=version)
    assert hub.writes() == []


def test_without_a_version_what_was_registered_here_is_deployed(desk: Desk, hub: Hub) -> None:
    older = desk.report("register", "passed", version=8)
    desk.report("retrain", "trained", version=9)
    os.utime(older, (1, 1))
    assert dispatched(desk, hub, "deploy")[1]["inputs"] == {"version": "9"}
    os.utime(desk.report("retrain", "nothing new"), (2, 2))
    assert dispatched(desk, hub, "deploy")[1]["inputs"] == {"version": "8"}


def test_a_refused_version_is_not_deployed(desk: Desk, hub: Hub) -> None:
    desk.report("register", "refused", version=9)
    assert "`refused` of version 9" in dispatched(desk, hub, "deploy", "error")
    assert hub.writes() == []


def test_the_candidate_is_the_last_resort(desk: Desk, hub: Hub) -> None:
    aliases = {"candidate": "5", "champion": "4"}

    @contextlib.contextmanager
    def connected(config: dict[str, Any]) -> Iterator[Any]:
        assert config["model"]["name"] == "churn"
        yield SimpleNamespace(aliases=lambda: aliases)

    desk.patch.setitem(sys.modules, "registry", SimpleNamespace(connected=connected))
    assert dispatched(desk, hub, "deploy")[1]["inputs"] == {"version": "5"}
    del aliases["candidate"]
    assert "no candidate" in dispatched(desk, hub, "deploy", "error")
    desk.patch.setitem(sys.modules, "registry", None)
    assert "write VERSION=7" in dispatched(desk, hub, "deploy", "error").replace("Write", "write")


def test_the_permission_that_lacks_is_named(desk: Desk, hub: Hub) -> None:
    hub.permissions = set()
    assert "needs the permission actions: write" in dispatched(desk, hub, "train", "error", TRIGGER="manual")


@pytest.mark.parametrize("inputs", [None, {"event"}])
def test_a_workflow_that_is_not_there_or_old_is_said(desk: Desk, hub: Hub, inputs: set[str] | None) -> None:
    hub.workflows = {"churn-train.yml": inputs} if inputs else {}
    told = dispatched(desk, hub, "train", "error", TRIGGER="manual")
    assert "is .github/workflows/churn-train.yml on main" in told


def test_a_lost_answer_dispatches_again(desk: Desk, hub: Hub) -> None:
    hub.trouble = [(200, {}, {"default_branch": "main"}), (502, {}, None)]
    hub.late = True
    dispatched(desk, hub, "train", TRIGGER="webhook", EVENT="e-1")
    posted = hub.calls("POST")
    assert len(posted) == 2
    # Both carry the same event, so that one of them trains.
    assert posted[0] == posted[1]
