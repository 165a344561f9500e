"""Which workflows a spec brings, and what stands in them."""

from typing import Any

import pytest

from tests.unit.targets.workflows import SPEC, kinds, steps, workflow, written

ROLE = {"aws_role": "arn:aws:iam::123456789012:role/churn-ci", "aws_region": "eu-central-1"}


def ci(**more: Any) -> dict[str, Any]:
    """Return the section `ci` with other keys."""
    return {**SPEC["ci"], **more}


def test_without_ci_there_is_no_workflow() -> None:
    assert not [path for path in written(ci=None) if path.startswith((".github", "Jenkinsfile", "jenkins"))]


def test_github_that_schedules_has_all_four() -> None:
    texts = written()
    assert kinds(texts) == {"ci", "train", "deploy", "monitor"}
    train = workflow("train", texts)
    assert list(train["jobs"]) == ["train", "lock", "deploy"]
    # The workflow itself starts the deployment, with a token that training never sees.
    assert '"steps": ["pull", "fetch", "pipeline", "register"]' in texts["config/production.json"]


@pytest.mark.parametrize("scheduler", ["cron", "airflow"])
def test_another_scheduler_trains_and_calls_for_the_deployment(scheduler: str) -> None:
    texts = written(scheduler=scheduler)
    assert kinds(texts) == {"ci", "deploy"}
    assert '"steps": ["fetch", "pipeline", "register", "dispatch-deploy"]' in texts["config/production.json"]
    assert "dispatch-deploy:" in texts["mlops.mk"] and "dispatch-train:" not in texts["mlops.mk"]
    assert "ops/commit_lock.py" not in texts


def test_what_is_not_deployed_is_promoted_and_has_no_workflow_for_it() -> None:
    texts = written(scheduler="cron", deployment=None, serving=None, environments=None)
    assert kinds(texts) == {"ci"}
    assert '"steps": ["fetch", "pipeline", "register", "promote"]' in texts["config/default.json"]


def test_a_machine_that_forgets_brings_data_first() -> None:
    assert '"forgets": true' in written()["config/production.json"]
    kept = written(ci=ci(runner="self-hosted"))["config/production.json"]
    assert '"steps": ["fetch", "pipeline", "register"]' in kept and "forgets" not in kept
    local = written(data={"path": "data/customers.csv", "incoming": "s3://acme/in/"})
    assert '"steps": ["fetch", "pipeline", "register"]' in local["config/production.json"]


@pytest.mark.parametrize(
    ("how", "writes"),
    [
        ("pull_request", {"contents": "write", "pull-requests": "write"}),
        ("push", {"contents": "write"}),
        ("none", None),
    ],
)
def test_dvc_lock_comes_back_as_the_spec_says(how: str, writes: dict[str, str] | None) -> None:
    texts = written(ci=ci(commit_lock=how))
    jobs = workflow("train", texts)["jobs"]
    assert jobs.get("lock", {}).get("permissions") == writes
    assert ("ops/commit_lock.py" in texts) == ("commit-lock:" in texts["mlops.mk"]) == (writes is not None)
    assert steps(jobs["train"]).count("actions/upload-artifact") == (1 if writes is None else 2)


def test_the_compiler_is_needed_by_one_optional_job_alone() -> None:
    without, checked = written(), written(ci=ci(check=True))
    assert "outputs" not in workflow("ci", without)["jobs"] and "ops/outputs.py" not in without
    assert steps(workflow("ci", checked)["jobs"]["outputs"]) == [
        "actions/checkout",
        "astral-sh/setup-uv",
        "outputs",
    ]
    # Comments name it, and so do programs that tell what else to run; none starts it.
    for texts in (without, checked):
        flows = [text for path, text in texts.items() if path.startswith(".github/workflows")]
        lines = [line for text in flows for line in text.splitlines()]
        assert not [line for line in lines if "mlopsc" in line and not line.startswith("# ")]
        starting = {path for path, text in texts.items() if path.startswith("ops/") and '"mlopsc"' in text}
        assert starting == ({"ops/outputs.py"} if texts is checked else set())
    assert "\nmlopsc" not in checked["requirements-mlops.txt"]


def test_lint_and_tests_are_there_if_the_spec_has_them() -> None:
    assert "test" not in workflow("ci", written(ci={"provider": "github"}))["jobs"]
    only = workflow("ci", written(ci={"provider": "github", "test": "pytest"}))["jobs"]
    assert steps(only["test"])[2:] == ["setup", "ci-test"]
    assert only["pipeline"]["needs"] == ["test"]


def test_a_model_in_a_folder_works_there() -> None:
    texts = written("models/churn/mlops.yaml")
    found = workflow("ci", texts)
    assert found["defaults"]["run"] == {"shell": "bash", "working-directory": "models/churn"}
    for event in ("push", "pull_request"):
        first, *own = found["on"][event]["paths"]
        assert (first, len(own)) == ("models/churn/**", 1)
        assert own[0].startswith(".github/workflows/churn-")
    (cache,) = [
        step for step in found["jobs"]["pipeline"]["steps"] if "actions/cache" in step.get("uses", "")
    ]
    assert cache["with"]["key"] == "dvc-churn-${{ hashFiles('models/churn/dvc.lock') }}"


def test_what_a_repository_has_once_comes_from_its_only_model() -> None:
    once = {f".github/{name}" for name in ("CODEOWNERS", "dependabot.yml", "pull_request_template.md")}
    assert once <= set(written())
    assert once.isdisjoint(written("models/churn/mlops.yaml"))
    nobody = written(model=SPEC["model"] | {"owner": "the team"})
    assert once - set(nobody) == {".github/CODEOWNERS"}
    assert "* @acme/ml\n" in written()[".github/CODEOWNERS"]


def test_a_role_in_the_cloud_takes_the_place_of_keys() -> None:
    keys, role = written(), written(ci=ci(cloud=ROLE))
    named = "secrets.AWS_SECRET_ACCESS_KEY"
    for kind in ("ci", "train", "deploy"):
        path = f".github/workflows/churn-{kind}.yml"
        assert (named in keys[path], named in role[path]) == (True, False)
        assert ("id-token: write" in keys[path], "id-token: write" in role[path]) == (False, True)
    jobs = workflow("ci", role)["jobs"]
    assert "id-token" not in jobs["test"]["permissions"]
    (takes,) = [step for step in jobs["pipeline"]["steps"] if "configure-aws" in step.get("uses", "")]
    assert takes["if"] == "github.event.pull_request.head.repo.fork != true"


def test_a_webhook_and_a_clock_name_themselves() -> None:
    train = workflow("train", written(retraining={"triggers": {"webhook": True, "schedule": "weekly"}}))
    assert train["on"]["repository_dispatch"] == {"types": ["churn-train"]}
    assert train["on"]["schedule"] == [{"cron": "0 0 * * 1", "timezone": "UTC"}]
    (retrain,) = [step for step in train["jobs"]["train"]["steps"] if step.get("run") == "make retrain"]
    assert "github.event.schedule == '0 0 * * 1' && 'schedule'" in retrain["env"]["TRIGGER"]
    assert "github.event_name == 'repository_dispatch' && 'webhook'" in retrain["env"]["TRIGGER"]
    assert "github.event.client_payload.event" in retrain["env"]["EVENT"]


def test_each_watch_has_its_own_clock() -> None:
    validation = SPEC["validation"] | {"schedule": "daily at 05:00"}
    found = workflow("monitor", written(validation=validation))
    assert [row["cron"] for row in found["on"]["schedule"]] == ["0 5 * * *", "0 * * * *"]
    assert {name: job["if"].rpartition("== ")[2] for name, job in found["jobs"].items()} == {
        "validate": "'0 5 * * *'",
        "drift": "'0 * * * *'",
    }


def test_drift_that_asks_for_nothing_starts_nothing() -> None:
    found = workflow("monitor", written(retraining={"triggers": {"webhook": True}}))
    assert "dispatch-train" not in steps(found["jobs"]["drift"])
    assert found["jobs"]["drift"]["permissions"] == {"contents": "read"}


def test_the_figures_are_kept_after_the_check_by_a_token_that_no_other_step_has() -> None:
    server = {"influxdb": {"url": {"env": "INFLUXDB_URL"}, "token": {"secret": "INFLUXDB_TOKEN"}}}
    texts = written(monitoring={"history": "influxdb"}, connections=server)
    job = workflow("monitor", texts)["jobs"]["drift"]
    called = steps(job)
    assert called.index("history") == called.index("drift") + 2, called
    holders = [step["run"] for step in job["steps"] if "INFLUXDB_TOKEN" in str(step.get("env"))]
    assert holders == ["make history"]
    assert job["env"]["INFLUXDB_URL"] == "${{ vars.INFLUXDB_URL }}"
    others = [
        text
        for path, text in texts.items()
        if path.endswith((".yml", "Jenkinsfile")) and "monitor" not in path
    ]
    assert not [text for text in others if "secrets.INFLUXDB_TOKEN" in text]
