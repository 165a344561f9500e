"""What jobs may, what their steps are given, and when they run: of workflows compiled anew."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.targets.workflows import SPEC, kinds, steps, workflow, written

TEXTS = written(
    ci={**SPEC["ci"], "check": True}, monitoring={"notify": {"slack": {"secret": "SLACK_WEBHOOK_URL"}}}
)
KINDS = sorted(kinds(TEXTS))
READ = {"contents": "read"}
START = {"actions": "write"}


def jobs(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the jobs of a workflow."""
    yield from workflow(kind, TEXTS)["jobs"].items()


def made(kind: str, command: str) -> dict[str, Any]:
    """Return the step that runs a make command."""
    (found,) = [
        step for _, job in jobs(kind) for step in job["steps"] if step.get("run") == f"make {command}"
    ]
    return dict(found)


def test_each_job_may_what_it_must() -> None:
    may = {(kind, name): job["permissions"] for kind in KINDS for name, job in jobs(kind)}
    assert may == {
        **{("ci", name): READ for name in ("test", "pipeline", "outputs")},
        ("train", "train"): READ,
        ("train", "lock"): {"contents": "write", "pull-requests": "write"},
        ("train", "deploy"): READ | START,
        ("monitor", "drift"): READ | START,
        ("deploy", "guard"): READ | {"actions": "read"},
        ("deploy", "image"): READ | {"packages": "write"},
        **{("deploy", name): READ | {"packages": "read"} for name in ("staging", "production")},
    }
    assert all(workflow(kind, TEXTS)["permissions"] == {} for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_each_job_ends_and_leaves_no_credential(kind: str) -> None:
    for _, job in jobs(kind):
        assert 0 < int(job["timeout-minutes"]) < 360
        first = job["steps"][0]
        assert (
            first["uses"].startswith("actions/checkout@") and first["with"]["persist-credentials"] == "false"
        )
        assert not [step for step in job["steps"] if "${{" in step.get("run", "")]
        for step in job["steps"]:
            assert re.fullmatch(r"make [a-z-]+", step.get("run", "make x"))
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step.get("uses", "a/b@" + 40 * "0"))


def test_code_of_the_user_sees_no_secret_that_it_needs_not() -> None:
    plain = {"setup", "ci-lint", "ci-test", "integration-test", "outputs", "protected", "commit-lock"}
    for kind in KINDS:
        for _, job in jobs(kind):
            given = [step for step in job["steps"] if step.get("run", "").removeprefix("make ") in plain]
            assert "secrets." not in f"{given}{job.get('env')}"
            told = [step for step in job["steps"] if "SLACK_WEBHOOK_URL" in str(step)]
            assert {step["run"] for step in told} <= {"make tell"}
            token = [step["run"] for step in job["steps"] if "github.token" in str(step.get("env"))]
            assert set(token) <= {
                "make protected",
                "make commit-lock",
                "make dispatch-train",
                "make dispatch-deploy",
            }


def test_bad_data_ends_ci_and_without_data_it_goes_on() -> None:
    order = steps(workflow("ci", TEXTS)["jobs"]["pipeline"])
    assert [command for command in order if "/" not in command] == [
        *("setup", "pull", "validate", "pipeline", "compare"),
    ]
    assert made("ci", "validate")["env"]["STRICT"] == "1"
    for command in ("validate", "pipeline", "compare"):
        assert made("ci", command)["if"] == "steps.pull.outputs.verdict == 'done'"
    since = made("ci", "compare")["env"]["COMPARE_WITH"]
    assert "github.event.before" in since and "format('origin/{0}', github.base_ref)" in since
    assert order[-1] == "actions/upload-artifact"


def test_a_newer_change_takes_the_place_of_an_older_one_and_no_training_does() -> None:
    found = {kind: workflow(kind, TEXTS)["concurrency"]["cancel-in-progress"] for kind in KINDS}
    only = "${{ github.event_name == 'pull_request' }}"
    assert found == {"ci": only, "train": "false", "deploy": "false", "monitor": "false"}
    assert {kind: workflow(kind, TEXTS)["concurrency"]["group"] for kind in KINDS} == {
        "ci": "churn-ci-${{ github.ref }}",
        **{kind: f"churn-{kind}" for kind in ("train", "deploy", "monitor")},
    }


def test_ci_runs_on_main_and_on_pull_requests() -> None:
    assert workflow("ci", TEXTS)["on"] == {"push": {"branches": ["main"]}, "pull_request": ""}


def test_what_follows_a_training_asks_for_its_verdict() -> None:
    for name, job in jobs("train"):
        assert job.get("if") == (None if name == "train" else "needs.train.outputs.verdict == 'trained'")
        assert job.get("needs") == (None if name == "train" else ["train"])
    when = "steps.retrain.outputs.verdict == 'trained' || steps.retrain.outputs.verdict == 'refused'"
    assert made("train", "push")["if"] == when
    assert made("train", "dispatch-deploy")["env"]["VERSION"] == "${{ needs.train.outputs.version }}"


def test_a_watch_asks_on_its_verdict() -> None:
    ask = made("monitor", "dispatch-train")
    assert (ask["if"], ask["env"]["TRIGGER"]) == ("steps.drift.outputs.verdict == 'drift'", "drift")
    # What a metric has to say is read from the report by the program.
    fallen = {"metric": "accuracy", "drops_by": "5%"}
    more: dict[str, Any] = {
        "retraining": {"triggers": {"metric": fallen, "drift": True}},
        "outcomes": {"path": "data/outcomes.csv", "id": "id", "value": "left", "delay": "7d"},
        "drift": {"schedule": "hourly", "tests": [dict(fallen)]},
        "serving": {"image": "ghcr.io/acme/churn", "prediction_log": {"path": "logs/"}},
    }
    found = workflow("monitor", written(**more))
    (ask,) = [step for step in found["jobs"]["drift"]["steps"] if step.get("run") == "make dispatch-train"]
    assert "if" not in ask and "TRIGGER" not in ask["env"]


def test_a_quote_in_a_folder_ends_no_string() -> None:
    (cache,) = [
        step
        for step in workflow("ci", written("it's/mlops.yaml"))["jobs"]["pipeline"]["steps"]
        if step.get("uses", "").startswith("actions/cache@")
    ]
    assert cache["with"]["key"] == "dvc-churn-${{ hashFiles('it''s/dvc.lock') }}"
