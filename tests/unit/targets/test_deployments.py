"""The workflow that deploys: where its images are, who signs in there, and in which order it goes."""

import json
from typing import Any

import pytest

from tests.unit.targets.workflows import SPEC, steps, workflow, written

KEYS = {"username": "${{ secrets.REGISTRY_USER }}", "password": "${{ secrets.REGISTRY_PASSWORD }}"}
OWN = {"username": "${{ github.actor }}", "password": "${{ github.token }}"}
ECR = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
ROLE = {"cloud": {"aws_role": "arn:aws:iam::123456789012:role/churn-ci", "aws_region": "eu-central-1"}}


def using(job: dict[str, Any], action: str) -> list[dict[str, Any]]:
    """Return the steps of a job that use an action."""
    return [step for step in job["steps"] if step.get("uses", "").startswith(f"{action}@")]


@pytest.mark.parametrize(
    ("image", "ci", "signs_in", "packages"),
    [
        ("ghcr.io/acme/churn", {}, {"registry": "ghcr.io", **OWN}, "write"),
        ("ghcr.io/acme/churn", ROLE, {"registry": "ghcr.io", **OWN}, "write"),
        ("acme/churn", {}, KEYS, None),
        ("registry.example.com:5000/churn", {}, {"registry": "registry.example.com:5000", **KEYS}, None),
        (f"{ECR}/churn", ROLE, {"registry": ECR}, None),
        (f"{ECR}/churn", {}, {"registry": ECR, **KEYS}, None),
        ("acme/churn", ROLE, KEYS, None),
    ],
)
def test_who_signs_in_where_images_are(
    image: str, ci: dict[str, Any], signs_in: dict[str, str], packages: str | None
) -> None:
    texts = written(serving={"image": image}, ci=SPEC["ci"] | ci)
    jobs = workflow("deploy", texts)["jobs"]
    (login,) = using(jobs["image"], "docker/login-action")
    assert login["with"] == signs_in
    assert jobs["image"]["permissions"].get("packages") == packages
    # What a host pulls, it may read and not write.
    assert jobs["staging"]["permissions"].get("packages") == ("read" if packages else None)
    keys = "REGISTRY_PASSWORD" in texts["config/github.json"]
    assert keys == ("secrets." in str(signs_in))
    # Only signing in needs the keys: no command sees them.
    assert not [step for job in jobs.values() for step in job["steps"] if "REGISTRY" in str(step.get("env"))]


def test_a_cluster_pulls_by_itself() -> None:
    places = {"staging": {"cluster": {"context": "stg"}}, "production": {"cluster": {"context": "prd"}}}
    jobs = workflow("deploy", written(environments=places))["jobs"]
    assert using(jobs["image"], "docker/login-action")
    for name in places:
        assert not using(jobs[name], "docker/login-action") and "packages" not in jobs[name]["permissions"]
        (deploy,) = [step for step in jobs[name]["steps"] if step.get("run") == "make deploy"]
        assert deploy["env"]["KUBECONFIG_DATA"] == "${{ secrets.KUBECONFIG_DATA }}"
    given = [step["run"] for job in jobs.values() for step in job["steps"] if "KUBECONFIG_DATA" in str(step)]
    assert set(given) == {"make deploy", "make verify", "make back-out"}


def test_each_image_is_built_once() -> None:
    one = workflow("deploy", written())["jobs"]["image"]
    assert steps(one).count("image") == 1
    places = {"staging": {"serving": {"image": "ghcr.io/acme/churn-stg"}}, "production": {}}
    two = workflow("deploy", written(environments=places))["jobs"]["image"]
    built = [step["env"].get("MLOPS_ENV") for step in two["steps"] if step.get("run") == "make image"]
    assert (two["env"]["MLOPS_ENV"], built) == ("production", [None, "staging"])


def test_environments_in_their_order_and_tests_in_staging_alone() -> None:
    jobs = workflow("deploy", written())["jobs"]
    assert {name: job.get("needs") for name, job in jobs.items()} == {
        "guard": None,
        "image": ["guard"],
        "staging": ["image"],
        "production": ["staging"],
    }
    common = ["actions/checkout", "astral-sh/setup-uv", "setup", "docker/login-action", "deploy"]
    assert steps(jobs["staging"]) == [*common, "integration-test", "verify", "back-out"]
    assert steps(jobs["production"]) == [*common, "verify", "promote", "back-out"]
    assert steps(jobs["guard"]) == ["actions/checkout", "protected"]
    (guard,) = [step for step in jobs["guard"]["steps"] if step.get("run") == "make protected"]
    assert guard["env"]["STRICT"] == "1"
    (back,) = [step for step in jobs["staging"]["steps"] if step.get("run") == "make back-out"]
    assert back["if"].startswith("(failure() || cancelled()) && steps.deploy.")


def test_a_rollout_that_goes_on_promotes_nothing_yet() -> None:
    """The scheduler's next run does; before another environment it must have ended."""
    texts = written(
        serving={"image": "ghcr.io/acme/churn", "replicas": 8, "slo": {"error_rate": "1%"}},
        deployment={"strategy": "canary", "provider": "none", "steps": ["20%"], "hold": "1h"},
        connections={"prometheus": {"url": "http://prometheus:9090"}},
        environments={name: {"cluster": {"context": name}} for name in ("staging", "production")},
    )
    jobs = workflow("deploy", texts)["jobs"]
    waits = {
        name: [step["run"] for step in job["steps"] if "verdict == 'done'" in step.get("if", "")]
        for name, job in jobs.items()
    }
    assert waits == {
        "guard": [],
        "image": [],
        "staging": [],
        "production": ["make verify", "make promote"],
    }


def test_the_guard_knows_who_must_approve() -> None:
    config = written()["config/production.json"]
    assert '"approval": ["production"]' in config and '"owners": ["@acme/ml"]' in config
    nobody = written(environments={"staging": {}, "production": {}})["config/production.json"]
    assert "approval" not in nobody


def test_hooks_around_a_deployment_reach_each_environment() -> None:
    hooks = {"before_deploy": "make freeze-check", "after_deploy": "make smoke", "after_train": "make report"}
    texts = written(hooks=hooks)
    for name in ("staging", "production"):
        found = json.loads(texts[f"config/{name}.json"])["hooks"]
        assert found == {"before_deploy": "make freeze-check", "after_deploy": "make smoke"}
    assert "hooks" not in json.loads(written()["config/production.json"])


def test_without_environments_there_is_one_service() -> None:
    texts = written(environments=None, deployment={"strategy": "rolling"})
    jobs = workflow("deploy", texts)["jobs"]
    assert list(jobs) == ["guard", "image", "service"] and "environment" not in jobs["service"]
    assert "promote" in steps(jobs["service"])


@pytest.mark.parametrize("missing", ["deployment", "registry"])
def test_what_cannot_be_deployed_has_no_workflow(missing: str) -> None:
    less: dict[str, Any] = {"deployment": {"strategy": "rolling"}, missing: None}
    texts = written(**less, retraining=None, drift=None)
    assert ".github/workflows/churn-deploy.yml" not in texts and "dispatch-deploy" not in texts["mlops.mk"]


def test_people_are_told_last_by_what_only_that_step_knows() -> None:
    told = {"notify": {"slack": {"secret": "SLACK_WEBHOOK_URL"}}}
    jobs = workflow("deploy", written(monitoring=told))["jobs"]
    looked_at = {"image": {"image"}, "staging": {"deploy", "integration-test", "verify"}}
    for name, wanted in {**looked_at, "production": {"deploy", "verify", "promote"}}.items():
        tell = jobs[name]["steps"][-1]
        assert (tell["run"], tell["if"]) == ("make tell", "always()")
        assert wanted <= set(tell["env"]["STEPS"].split())
        assert tell["env"]["SLACK_WEBHOOK_URL"] == "${{ secrets.SLACK_WEBHOOK_URL }}"
        assert "SLACK" not in str(jobs[name]["steps"][:-1])
