"""A version gets its traffic step by step: prepared, followed, finished and taken back, by the real controller."""

import json
import time
from typing import Any

import pytest

from tests.engines.deployment import stepwise
from tests.engines.deployment.stepwise import HERE, change, image, job, replicas, state, weights
from tests.engines.deployment.world import IMAGE, Service, World


def aliases(world: World) -> dict[str, str]:
    """Return the version of each alias."""
    from mlflow import MlflowClient

    found = MlflowClient(f"sqlite:///{world.root}/mlflow.db", f"sqlite:///{world.root}/mlflow.db")
    return {name: str(each) for name, each in found.get_registered_model("churn").aliases.items()}


def tags(world: World, version: str) -> dict[str, str]:
    """Return what the registry remembers of rollouts of a version."""
    from mlflow import MlflowClient

    found = MlflowClient(f"sqlite:///{world.root}/mlflow.db", f"sqlite:///{world.root}/mlflow.db")
    all_ = found.get_model_version("churn", version).tags
    return {name: value for name, value in all_.items() if name.startswith("mlops.rollout")}


def test_the_first_version_comes_at_once(stepping: World) -> None:
    assert (image(stepping), replicas(stepping), weights(stepping)) == ("churn-v1", 0, [100, 0])
    assert "Lease/churn-rollout" not in stepping.objects()
    assert not [key for key in stepping.objects() if key.startswith("Job/")]


def test_a_sound_version_gets_all_of_the_traffic(stepping: World, service: Service) -> None:
    report = stepping.step("deploy", "2", HERE)
    assert (report["verdict"], report["figures"]) == ("done", {"version": 2}), report
    assert (image(stepping), weights(stepping), replicas(stepping)) == ("churn-v2", [100, 0], 0)
    said = (stepping.root / "said.txt").read_text()
    assert said.index("5 % of the traffic") < said.index("25 % of the traffic") < said.index("50 %")
    assert stepping.step("verify", "2", HERE)["verdict"] == "done"
    assert aliases(stepping)["champion"] == "1"
    assert stepping.step("promote", "2", HERE)["verdict"] == "promoted"
    assert tags(stepping, "2") == {}


def test_a_bad_version_is_taken_back_by_itself(stepping: World) -> None:
    job(stepping, errors=0.5)
    output = stepping.root / "output.txt"
    report = stepping.step("deploy", "2", HERE, GITHUB_OUTPUT=str(output))
    assert report["verdict"] == "rolled back", report
    assert "version 2: rolled back" in report["reasons"][0]
    assert (image(stepping), weights(stepping), replicas(stepping)) == ("churn-v1", [100, 0], 0)
    # The workflow has nothing to take back.
    assert "changed" not in output.read_text()
    assert tags(stepping, "2") == {} and aliases(stepping)["champion"] == "1"
    assert stepping.step("back-out", "2", HERE)["reasons"] == [
        f"{IMAGE}:churn-v1 is in service: nothing to take back"
    ]


def test_stable_keeps_its_version_until_the_end(stepping: World) -> None:
    job(stepping, pace=60)
    report = stepping.step("deploy", "2", HERE, FOLLOW="0s")
    assert report["verdict"] == "running" and "of the traffic (step), until" in report["reasons"][0]
    assert (image(stepping), image(stepping, "canary"), weights(stepping)) == (
        "churn-v1",
        "churn-v2",
        [95, 5],
    )
    (mark,) = tags(stepping, "2").items()
    assert mark[0] == "mlops.rollout.production" and mark[1].startswith("running until 20")
    assert stepping.step("verify", "2", HERE)["verdict"] == "refused"


def test_called_again_it_goes_on_following(stepping: World) -> None:
    job(stepping, pace=60)
    stepping.step("deploy", "2", HERE, FOLLOW="0s")
    applied = len([call for call in stepping.state("kubectl")["calls"] if call[0] == "apply"])
    job(stepping, pace=600)
    assert stepping.step("deploy", "2", HERE)["verdict"] == "done"
    calls = stepping.state("kubectl")["calls"]
    assert len([call for call in calls if call[0] == "apply"]) == applied, (
        "nothing is applied under a rollout"
    )
    assert image(stepping) == "churn-v2"


def test_another_version_is_refused_while_one_runs(stepping: World) -> None:
    job(stepping, pace=60)
    stepping.step("deploy", "2", HERE, FOLLOW="0s")
    before = weights(stepping), state(stepping)["version"]
    report = stepping.step("deploy", "4", HERE)
    assert report["verdict"] == "error"
    assert "version 2 has 5 % of the traffic (step)" in report["reasons"][0]
    assert "make rollback" in report["reasons"][0]
    assert (weights(stepping), state(stepping)["version"]) == before


def test_weights_that_no_rollout_gives_are_refused(stepping: World) -> None:
    route = stepping.objects()["VirtualService/churn"]
    for each, weight in zip(route["spec"]["http"][0]["route"], (80, 20), strict=True):
        each["weight"] = weight
    change(stepping, **{"VirtualService/churn": route})
    report = stepping.step("deploy", "2", HERE)
    assert "the canary has 20 % of the traffic, and no rollout gives it" in report["reasons"][0]
    assert "Lease/churn-rollout" not in stepping.objects()


def test_the_controller_is_a_job_with_few_rights(stepping: World) -> None:
    stepping.step("deploy", "2", HERE)
    found = stepping.objects()["Job/churn-rollout-v2"]["spec"]
    pod, labels = found["template"]["spec"], found["template"]["metadata"]["labels"]
    (container,) = pod["containers"]
    assert (found["backoffLimit"], found["podFailurePolicy"]["rules"][0]["action"]) == (6, "FailJob")
    assert found["podFailurePolicy"]["rules"][0]["onExitCodes"]["values"] == [3]
    assert found["ttlSecondsAfterFinished"] > 0 and pod["restartPolicy"] == "Never"
    assert labels["app.kubernetes.io/name"] == "churn-rollout", "the Service of the model must not select it"
    assert labels["sidecar.istio.io/inject"] == "false"
    assert pod["serviceAccountName"] == "churn-rollout" and pod["securityContext"]["runAsNonRoot"] is True
    assert container["image"] == f"{IMAGE}:churn-v1", "the image of what serves"
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    name = pod["volumes"][0]["configMap"]["name"]
    programs = stepping.objects()[f"ConfigMap/{name}"]
    assert programs["immutable"] is True and "rollout.py" in programs["data"]
    config = json.loads(programs["data"]["rollout.json"])
    assert {config["stable"], config["canary"], config["route"]} == {"churn-stable", "churn-canary", "churn"}


STUCK = [{"status": {"containerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff"}}}]}}]
QUOTA = [{"message": "exceeded quota: pods=10"}]


@pytest.mark.parametrize(
    ("shown", "why"), [({"pods": STUCK}, "ImagePullBackOff"), ({"events": QUOTA}, "exceeded quota")]
)
def test_a_controller_that_cannot_start_is_said_and_the_rollout_ends(
    stepping: World, shown: dict[str, Any], why: str
) -> None:
    job(stepping, dead=True)
    stepping.change("kubectl", shown=shown)
    report = stepping.step("deploy", "2", HERE)
    assert report["verdict"] == "rolled back" and why in report["reasons"][0]
    assert (state(stepping)["phase"], weights(stepping), replicas(stepping)) == ("ended", [100, 0], 0)
    assert "Job/churn-rollout-v2" not in stepping.objects()
    job(stepping)
    stepping.change("kubectl", shown={})
    again = stepping.step("deploy", "2", HERE)
    assert again["verdict"] == "done", again


def test_a_controller_that_has_failed_is_not_waited_for(stepping: World) -> None:
    job(stepping, pace=60)
    stepping.step("deploy", "2", HERE, FOLLOW="0s")
    found = stepping.objects()["Job/churn-rollout-v2"]
    found["status"] = {"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}
    change(stepping, **{"Job/churn-rollout-v2": found})
    job(stepping, dead=True)
    stepping.step("deploy", "2", HERE, FOLLOW="0s")
    # Called by somebody, it is started once more: what ran is gone on with.
    assert "status" not in stepping.objects()["Job/churn-rollout-v2"]


def test_what_has_served_as_one_deployment_becomes_stable(stepping: World) -> None:
    """The former one goes only when stable is ready, and traffic is sent there only then."""
    spec = {
        "replicas": 5,
        "template": {"spec": {"containers": [{"name": "churn", "image": f"{IMAGE}:churn-v1"}]}},
    }
    former = {"kind": "Deployment", "metadata": {"name": "churn", "resourceVersion": "1"}, "spec": spec}
    stepping.change("kubectl", contexts={"prd-eu": {"ml": {"Deployment/churn": former}}}, calls=[])
    assert stepping.step("deploy", "2", HERE)["verdict"] == "done"
    assert (image(stepping), weights(stepping)) == ("churn-v2", [100, 0])
    assert "Deployment/churn" not in stepping.objects()
    calls = [call for call in stepping.state("kubectl")["calls"] if call[0] != "kustomize"]
    gone = next(place for place, call in enumerate(calls) if call[:3] == ["delete", "deployment", "churn"])
    ready = next(place for place, call in enumerate(calls) if call[:2] == ["rollout", "status"])
    scaled = [call[:4] for call in calls].index(["scale", "deployment", "churn-stable", "--replicas=5"])
    assert scaled < ready < gone


def test_at_once_is_for_what_has_been_the_champion(stepping: World) -> None:
    report = stepping.step("deploy", "2", HERE, AT_ONCE="1")
    assert "version 2 has never been the champion" in report["reasons"][0]
    assert stepping.step("deploy", "2", HERE)["verdict"] == "done"
    assert stepping.step("deploy", "1", HERE, AT_ONCE="1")["verdict"] == "done"
    assert image(stepping) == "churn-v1"
    assert state(stepping)["version"] == "2", "no rollout was asked for"


def test_a_version_that_turns_out_bad_later_is_taken_back_at_once(stepping: World, service: Service) -> None:
    output = stepping.root / "output.txt"
    assert stepping.step("deploy", "2", HERE, GITHUB_OUTPUT=str(output))["verdict"] == "done"
    assert "changed=true" in output.read_text()
    service.fails_every = 2
    assert stepping.step("verify", "2", HERE)["verdict"] == "refused"
    report = stepping.step("back-out", "2", HERE)
    assert (report["figures"], image(stepping)) == ({"version": 1}, "churn-v1")


def test_a_cluster_of_another_environment_is_left_alone(stepping: World) -> None:
    stable = stepping.objects()["Deployment/churn-stable"]
    stable["metadata"]["labels"]["mlops/environment"] = "staging"
    change(stepping, **{"Deployment/churn-stable": stable})
    before = stepping.state("kubectl")["contexts"]
    report = stepping.step("deploy", "2", HERE)
    assert "belongs to the environment staging" in report["reasons"][0]
    assert stepping.state("kubectl")["contexts"] == before


def test_killed_anywhere_the_next_run_completes_it(stepping: World) -> None:
    start, database = stepping.state("kubectl"), (stepping.root / "mlflow.db").read_bytes()
    for number in range(1, 60, 3):
        stepping.keep("kubectl", start | {"seen": 0})
        (stepping.root / "mlflow.db").write_bytes(database)
        when = ("before", "after")[number % 2]
        killed = stepping.step("deploy", "2", HERE, STANDIN_KILL=f"{number},{when}")["verdict"]
        report = stepping.step("deploy", "2", HERE)
        assert (report["verdict"], image(stepping)) == ("done", "churn-v2"), (number, when, report)
        assert (weights(stepping), replicas(stepping)) == ([100, 0], 0)
        if killed != "killed":
            assert number > 8
            return
    pytest.fail("the step made more calls than were tried")


def test_rollback_takes_the_traffic_within_five_seconds(stepping: World) -> None:
    job(stepping, pace=60)
    stepping.step("deploy", "2", HERE, FOLLOW="0s")
    assert weights(stepping) == [95, 5]
    job(stepping, dead=True)
    began = time.monotonic()
    report = stepping.step("rollback", "", HERE)
    assert time.monotonic() - began < 5
    assert (report["verdict"], report["figures"]) == ("rolled back", {"version": 1})
    assert (weights(stepping), image(stepping), aliases(stepping)["champion"]) == ([100, 0], "churn-v1", "1")
    # The controller hears of it, and ends what is left.
    job(stepping)
    assert stepping.step("deploy", "2", HERE)["verdict"] == "rolled back"
    assert (state(stepping)["phase"], replicas(stepping)) == ("ended", 0)


def test_rollback_while_stable_is_replaced_brings_its_image_back(stepping: World) -> None:
    job(stepping, pace=60)
    stepping.step("deploy", "2", HERE, FOLLOW="0s")
    stable, lease = (stepping.objects()[key] for key in ("Deployment/churn-stable", "Lease/churn-rollout"))
    stable["spec"]["template"]["spec"]["containers"][0]["image"] = f"{IMAGE}:churn-v2"
    annotations = lease["metadata"]["annotations"]
    annotations["mlops/rollout"] = json.dumps(state(stepping) | {"phase": "promoting"})
    change(stepping, **{"Deployment/churn-stable": stable, "Lease/churn-rollout": lease})
    assert image(stepping) == "churn-v2"
    job(stepping, dead=True)
    stepping.step("rollback", "", HERE)
    assert (weights(stepping), image(stepping)) == ([100, 0], "churn-v1")


def test_without_a_rollout_rollback_moves_the_champion(stepping: World) -> None:
    stepping.step("deploy", "2", HERE)
    stepping.step("promote", "2", HERE)
    report = stepping.step("rollback", "", HERE)
    assert (report["verdict"], aliases(stepping)["champion"]) == ("rolled back", "1")
    assert any("make deploy VERSION=1 AT_ONCE=1" in line for line in report["reasons"])


def test_the_same_reason_is_not_heard_twice(stepping: World) -> None:
    """Who was killed after a rollout was taken back, and asks again, does not mean the champion."""
    stepping.step("deploy", "2", HERE)
    stepping.step("promote", "2", HERE)
    job(stepping, pace=60)
    stepping.step("deploy", "4", HERE, FOLLOW="0s")
    for _ in range(2):
        report = stepping.step("rollback", "", HERE, REASON="Errors 1764122")
        assert (report["verdict"], report["results"]) == ("rolled back", [{"rollout": "4"}])
        job(stepping)
        stepping.run("finish_rollout", MLOPS_ENV=HERE)
    assert aliases(stepping)["champion"] == "2"


def test_a_rollback_says_when_the_cluster_is_silent(stepping: World) -> None:
    stepping.change("kubectl", contexts={"elsewhere": {}})
    report = stepping.step("rollback", "", HERE)
    assert report["verdict"] == "error" and "prd-eu" in report["reasons"][0]


@pytest.mark.parametrize("errors", [0.0, 0.5])
def test_what_ended_by_itself_is_finished(stepping: World, errors: float) -> None:
    assert stepping.step("finish-rollout", "", HERE)["verdict"] == "skipped"
    job(stepping, pace=60, errors=0.0)
    stepping.step("deploy", "2", HERE, FOLLOW="0s")
    assert stepping.step("finish-rollout", "", HERE)["verdict"] == "running"
    job(stepping, errors=errors)
    report = stepping.step("finish-rollout", "", HERE)
    wanted = "rolled back" if errors else "promoted"
    assert (report["verdict"], aliases(stepping)["champion"]) == (wanted, "1" if errors else "2"), report
    assert tags(stepping, "2") == {}
    assert stepping.step("finish-rollout", "", HERE)["verdict"] == "skipped"


def test_what_ended_well_and_answers_badly_is_taken_back(stepping: World, service: Service) -> None:
    job(stepping, pace=60)
    stepping.step("deploy", "2", HERE, FOLLOW="0s")
    job(stepping)
    service.fails_every = 2
    assert stepping.step("finish-rollout", "", HERE)["verdict"] == "refused"
    assert (image(stepping), aliases(stepping)["champion"]) == ("churn-v1", "1")


def test_nonsense_is_said(stepping: World) -> None:
    job(stepping, pace=60)
    report = stepping.step("deploy", "2", HERE, FOLLOW="soon")
    assert "FOLLOW='soon'" in report["reasons"][0]
    assert stepwise.state(stepping)["version"] == "2"
