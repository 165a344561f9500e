"""The generated pipelines, run: which make commands they call, in which order, with what, and what follows."""

from pathlib import Path
from typing import Any

import pytest

from tests.engines.jenkins.pipelines import OTHERS, pipelines, spec
from tests.engines.jenkins.world import Jenkins

QUESTION = "Deploy this version of churn to production?"
CI = ["setup", "ci-lint", "ci-test", "outputs", "pull", "validate", "pipeline", "compare"]
CHAMPION = [
    "setup",
    "image",
    "setup",
    "deploy",
    "integration-test",
    "verify",
    "setup",
    "deploy",
    "verify",
    "promote",
]
GOLDEN = Path(__file__).resolve().parents[3] / "golden"


def test_a_change_is_looked_at_and_nothing_registered(jenkins: Jenkins) -> None:
    build = jenkins.build(pipelines(spec())["Jenkinsfile"])
    assert (build.result, build.made) == ("SUCCESS", CI)
    assert build.env("validate")["MLOPS_ENV"] == "production"
    assert build.told("archive") == ["reports/**"]
    assert build.story["top"]["timeout"] == "2 HOURS" and build.story["top"]["alone"] == "newest"


def test_secrets_are_there_only_where_work_needs_them(jenkins: Jenkins) -> None:
    build = jenkins.build(pipelines(spec())["Jenkinsfile"])
    for command in ("setup", "ci-lint", "ci-test"):
        assert not any("is-secret" in value for value in build.env(command).values())
    assert build.env("pull")["MLFLOW_TRACKING_URI"] == "mlflow_tracking_uri-is-secret"
    assert not {"SLACK_WEBHOOK_URL", "JENKINS_TOKEN", "GIT_ASKPASS"} & build.env("pull").keys()


def test_code_from_a_fork_sees_no_secret(jenkins: Jenkins) -> None:
    build = jenkins.build(pipelines(spec())["Jenkinsfile"], env={"CHANGE_FORK": "somebody"})
    assert (build.result, build.made) == ("SUCCESS", CI[:4])
    assert build.told("passed") == ["Data"]
    assert not any("is-secret" in value for call in build.calls for value in call["env"].values())


def test_without_secrets_a_fork_is_looked_at_in_full(jenkins: Jenkins) -> None:
    written = spec(tracking=None, data={**spec()["data"], "remote": "kept/store"}, monitoring=None)
    text = pipelines(written)["Jenkinsfile"]
    assert jenkins.build(text, env={"CHANGE_FORK": "somebody"}).made == CI


@pytest.mark.parametrize(
    ("verdict", "result"), [("blocked", "UNSTABLE"), ("error", "FAILURE"), ("dies", "FAILURE")]
)
def test_bad_data_ends_it(verdict: str, result: str, jenkins: Jenkins) -> None:
    build = jenkins.build(pipelines(spec())["Jenkinsfile"], {"validate": verdict})
    assert (build.result, build.made) == (result, CI[:6])
    assert build.told("archive") == ["reports/**"]


def test_a_training_that_is_good_is_kept_and_deployed(jenkins: Jenkins) -> None:
    build = jenkins.build(pipelines(spec())["jenkins/train.groovy"], {"retrain": "trained"})
    assert build.made == ["setup", "pull", "retrain", "push", "commit-lock", "dispatch-deploy"]
    assert build.story["top"]["cron"] == ["0 0 1 * *"] and build.story["top"]["alone"] == "oldest"
    # The clock gives no parameters: Jenkins takes the first choice.
    assert build.env("retrain")["TRIGGER"] == "schedule"
    assert build.env("commit-lock")["GIT_ASKPASS"] and "JENKINS_TOKEN" not in build.env("retrain")
    assert build.env("dispatch-deploy")["JENKINS_TOKEN"] == "jenkins_token-is-secret"


@pytest.mark.parametrize(
    ("verdict", "result"), [("not due", "SUCCESS"), ("refused", "UNSTABLE"), ("error", "FAILURE")]
)
def test_a_training_that_is_not_good_changes_nothing(verdict: str, result: str, jenkins: Jenkins) -> None:
    build = jenkins.build(pipelines(spec())["jenkins/train.groovy"], {"retrain": verdict})
    told = ["tell"] if result != "SUCCESS" else []
    assert (build.result, build.made) == (result, ["setup", "pull", "retrain", *told])
    if told:
        said = {
            name: build.env("tell")[name] for name in ("STEPS", "JOB_STATUS", "RUN_URL", "SLACK_WEBHOOK_URL")
        }
        assert said == {
            "STEPS": "drift retrain",
            "JOB_STATUS": "success" if result == "UNSTABLE" else "failure",
            "RUN_URL": "http://jenkins/job/churn/1/",
            "SLACK_WEBHOOK_URL": "slack_webhook_url-is-secret",
        }


def test_where_nobody_calls_the_triggers_see_fresh_drift(jenkins: Jenkins) -> None:
    text = pipelines(spec())["jenkins/train.groovy"]
    build = jenkins.build(text, {"drift": "drift", "retrain": "trained"}, params={"TRIGGER": ""})
    assert build.made[:4] == ["setup", "pull", "drift", "retrain"]
    assert build.result == "SUCCESS" and build.env("retrain")["TRIGGER"] == ""
    asked = jenkins.build(text, {"retrain": "trained"}, params={"TRIGGER": "webhook", "EVENT": "it's $(id)"})
    assert asked.made[:3] == ["setup", "pull", "retrain"]
    assert asked.env("retrain")["EVENT"] == "it's $(id)"
    assert "is none of" in jenkins.build(text, params={"TRIGGER": "somebody"}).story["refused"]


def test_it_runs_on_the_default_branch_alone(jenkins: Jenkins) -> None:
    text = pipelines(spec())["jenkins/train.groovy"]
    other = jenkins.build(text, env={"BRANCH_NAME": "feature"})
    assert (other.result, other.made) == ("FAILURE", ["tell"])
    main = {"BRANCH_NAME": "main", "BRANCH_IS_PRIMARY": "true"}
    assert "retrain" in jenkins.build(text, {"retrain": "not due"}, env=main).made


@pytest.mark.parametrize(("verdict", "more"), [("drift", ["dispatch-train", "tell"]), ("no drift", [])])
def test_drift_asks_for_a_training(verdict: str, more: list[str], jenkins: Jenkins) -> None:
    written = spec(retraining={"triggers": {"drift": True}})
    build = jenkins.build(pipelines(written)["jenkins/drift.groovy"], {"drift": verdict})
    assert build.made == ["setup", "pull", "drift", *more]
    assert build.result == ("UNSTABLE" if more else "SUCCESS")


def test_what_drift_does_not_see_is_left_to_the_training(jenkins: Jenkins) -> None:
    build = jenkins.build(pipelines(spec())["jenkins/drift.groovy"], {"drift": "no drift"})
    assert build.made == ["setup", "pull", "drift", "dispatch-train"]
    both = {"schedule": "weekly", "new_records": {"above": 10}}
    made = pipelines(spec(drift=None, retraining={"triggers": both}))
    assert jenkins.build(made["jenkins/records.groovy"]).made == ["setup", "dispatch-train"]


def test_a_version_goes_from_staging_to_production(jenkins: Jenkins) -> None:
    text = pipelines(spec())["jenkins/deploy.groovy"]
    build = jenkins.build(text, approved=[QUESTION], params={"VERSION": "7"})
    assert (build.result, build.made) == ("SUCCESS", CHAMPION)
    places = [call["env"]["MLOPS_ENV"] for call in build.calls if call["args"][0] == "deploy"]
    assert places == ["staging", "production"] and build.env("deploy")["VERSION"] == "7"
    assert [event for event in build.story["events"] if "asked" in event] == [
        {"asked": QUESTION, "agent": False}
    ]


def test_without_an_answer_production_stays(jenkins: Jenkins) -> None:
    build = jenkins.build(pipelines(spec())["jenkins/deploy.groovy"])
    assert (build.result, build.made) == ("ABORTED", CHAMPION[:6])


@pytest.mark.parametrize(
    ("plan", "result", "made"),
    [
        ({"integration-test": "error"}, "FAILURE", [*CHAMPION[:5], "back-out", "tell"]),
        ({"verify": "refused"}, "UNSTABLE", [*CHAMPION[:6], "back-out", "tell"]),
        ({"image": "error"}, "FAILURE", [*CHAMPION[:2], "tell"]),
        ({"promote": "refused"}, "UNSTABLE", [*CHAMPION, "tell"]),
    ],
)
def test_what_fails_is_taken_back(
    plan: dict[str, str], result: str, made: list[str], jenkins: Jenkins
) -> None:
    build = jenkins.build(pipelines(spec())["jenkins/deploy.groovy"], plan, approved=[QUESTION])
    assert (build.result, build.made) == (result, made)
    if "back-out" in made:
        assert build.env("back-out")["MLOPS_ENV"] == "staging" and not build.told("asked")


def test_a_model_below_the_root_has_its_own_folder(jenkins: Jenkins) -> None:
    folder = "models/it's ${here} \\u000a $(id)"
    made = pipelines(spec(), place=f"{folder}/mlops.yaml")
    build = jenkins.build(made["jenkins/train.groovy"], {"retrain": "trained"})
    assert build.made[-1] == "dispatch-deploy"
    assert {call["cwd"] for call in build.calls} == {str(jenkins.folder / "w" / folder)}
    assert build.told("archive") == [f"{folder}/reports/**"]


@pytest.mark.parametrize(
    "hostile", ["'; sh 'id", "${sh 'id'}", "\\' + sh('id') + \\'", "a\\u0027b\\u000ash 'id'", '""" $x']
)
def test_a_hostile_label_is_only_a_label(hostile: str, jenkins: Jenkins) -> None:
    for path, text in pipelines(spec(ci={**spec()["ci"], "runner": hostile})).items():
        plan = {"retrain": "trained", "drift": "drift"}
        build = jenkins.build(text, plan, approved=[QUESTION])
        plain = jenkins.build(pipelines(spec())[path], plan, approved=[QUESTION])
        assert "refused" not in build.story and build.made == plain.made
        assert build.story["top"]["agent"] in (hostile, "none")


def test_only_what_there_is_is_called(jenkins: Jenkins) -> None:
    least: dict[str, Any] = dict.fromkeys(
        ("pipeline", "registry", "drift", "retraining", "tracking", "deployment", "serving")
    )
    written = spec(**least, environments=None, monitoring=None, ci={"provider": "jenkins"})
    made = pipelines(written, [name for name in OTHERS if name == "validate"])
    assert set(made) == {"Jenkinsfile", "jenkins/validate.groovy"}
    build = jenkins.build(made["Jenkinsfile"])
    assert build.made == ["setup", "validate"] and build.story["top"]["agent"] == "any"


def test_another_scheduler_leaves_clocks_and_training_away() -> None:
    made = pipelines(spec(scheduler="cron"))
    assert set(made) == {"Jenkinsfile", "jenkins/deploy.groovy"}


def test_golden_pipelines_are_taken(jenkins: Jenkins) -> None:
    paths = [*GOLDEN.rglob("*.groovy"), *GOLDEN.rglob("Jenkinsfile")]
    assert paths
    for path in paths:
        build = jenkins.build(path.read_text(), {"retrain": "not due", "drift": "no drift"})
        assert "refused" not in build.story and build.made[0] == "setup", path
