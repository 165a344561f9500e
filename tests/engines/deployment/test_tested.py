"""An A/B test after the last step: weeks in which nobody follows, a look now and then, and what becomes of it."""

import json
import re
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.engines.deployment.stepwise import HERE, change, image, job, replicas, rules, says, state, weights
from tests.engines.deployment.test_stepwise import aliases, tags
from tests.engines.deployment.world import Service, World

LEASE = "Lease/churn-rollout"
ELSEWHERE = """\
import sys
import settings
import stepped


def main():
    try:
        stepped.stepwise(settings.settings()).decide(sys.argv[1], "keep", "x" * 4000)
    except ValueError as fault:
        print(fault)
        return 2
    return 0
"""


def decided(world: World) -> Any:
    """Return what the controller is told of the test; None for nothing."""
    text = world.objects()[LEASE]["metadata"]["annotations"].get("mlops/ab-test")
    return json.loads(text) if text else None


def marked(world: World) -> float:
    """Return until when the registry leaves version 2 alone."""
    (text,) = tags(world, "2").values()
    found = re.fullmatch(r"running until (\S+)Z", text)
    assert found
    return datetime.fromisoformat(found[1]).replace(tzinfo=UTC).timestamp()


def test_a_test_runs_on_by_itself(testing: World) -> None:
    """Nothing waits for it but a mark, which says when it is worth looking again."""
    assert state(testing)["phase"] == "testing" and state(testing)["since"]
    assert (rules(testing), weights(testing), replicas(testing)) == (["ab-test", "weighted"], [100, 0], 2)
    assert image(testing) == "churn-v1"
    report = json.loads((testing.root / "reports/deploy.json").read_text())
    assert "version 2 answers 20 % of the ids since" in report["reasons"][0]
    assert report["reasons"][1] == "the test says running"
    asked = json.loads((testing.root / "asked.json").read_text())
    assert asked == {"version": "2", "since": state(testing)["since"]}
    assert abs(marked(testing) - asked["since"] - 20 * 86400) < 180


@pytest.mark.parametrize("verdict", ["promote", "keep", "undecided"])
def test_a_look_that_decides_ends_it(testing: World, verdict: str) -> None:
    says(testing, verdict)
    report = testing.step("deploy", "2", HERE)
    good = verdict == "promote"
    # A test that keeps what runs has answered: only what is undecided asks for somebody.
    assert report["verdict"] == {"promote": "done", "undecided": "rolled back"}.get(verdict, verdict), report
    assert "the test says " + verdict in report["reasons"]
    assert image(testing) == ("churn-v2" if good else "churn-v1")
    assert (rules(testing), weights(testing), replicas(testing)) == (["weighted"], [100, 0], 0)
    assert bool(tags(testing, "2")) is good, "what serves is not yet the champion"
    if not good:
        assert f"the A/B test says {verdict}: the test says {verdict}" in report["reasons"][0]


def test_each_hour_somebody_looks_and_the_last_makes_the_champion(testing: World, service: Service) -> None:
    for _ in range(2):
        report = testing.step("finish-rollout", "", HERE)
        assert (report["verdict"], decided(testing)) == ("running", None)
    says(testing, "promote")
    job(testing, dead=True)
    assert testing.step("finish-rollout", "", HERE)["verdict"] == "running"
    assert decided(testing) == {"version": "2", "verdict": "promote", "why": "the test says promote"}
    # What is decided takes no weeks any more.
    assert marked(testing) - time.time() < 86400
    says(testing, "keep")
    job(testing, pace=3600, now=state(testing)["since"] + 60)
    report = testing.step("finish-rollout", "", HERE)
    if report["verdict"] == "running":
        report = testing.step("finish-rollout", "", HERE)
    assert (report["verdict"], aliases(testing)["champion"]) == ("promoted", "2"), report
    assert tags(testing, "2") == {}


def test_a_controller_that_is_gone_comes_again_with_the_next_look(testing: World) -> None:
    change(testing, **{"Job/churn-rollout-v2": None})
    assert testing.step("finish-rollout", "", HERE)["verdict"] == "running"
    assert "Job/churn-rollout-v2" in testing.objects()
    assert rules(testing) == ["ab-test", "weighted"]


def test_the_job_may_take_weeks(testing: World) -> None:
    found = testing.objects()["Job/churn-rollout-v2"]["spec"]
    assert "activeDeadlineSeconds" not in found and found["backoffLimit"] == 300
    (name,) = [each["configMap"]["name"] for each in found["template"]["spec"]["volumes"]]
    config = json.loads(testing.objects()[f"ConfigMap/{name}"]["data"]["rollout.json"])
    assert config["ab_test"] == {
        "share": 0.2,
        "seconds": 21 * 86400,
        "slack_seconds": 7 * 86400,
        "guardrails": {"error_rate": 0.1},
        "header": "x-mlops-arm",
    }


def test_rollback_ends_the_test_within_five_seconds(testing: World) -> None:
    job(testing, dead=True)
    began = time.monotonic()
    report = testing.step("rollback", "", HERE)
    assert time.monotonic() - began < 5
    assert (report["verdict"], report["figures"]) == ("rolled back", {"version": 1})
    assert (rules(testing), weights(testing)) == (["weighted"], [100, 0])
    # The controller hears of it, and ends what is left.
    job(testing, pace=3600, now=state(testing)["since"] + 60)
    assert testing.step("deploy", "2", HERE)["verdict"] == "rolled back"
    assert (state(testing)["phase"], replicas(testing)) == ("ended", 0)


def test_a_rollback_whose_route_the_controller_changes_meanwhile_looks_again(testing: World) -> None:
    job(testing, dead=True)
    testing.change("kubectl", once={"patch": "the route has changed"})
    assert testing.step("rollback", "", HERE)["verdict"] == "rolled back"
    assert (rules(testing), weights(testing)) == (["weighted"], [100, 0])


def test_a_rule_of_no_rollout_is_a_hindrance(testing: World) -> None:
    change(testing, **{LEASE: None, "Job/churn-rollout-v2": None})
    report = testing.step("deploy", "4", HERE)
    assert "the canary has the rule ab-test, and no rollout gives it" in report["reasons"][0]
    assert rules(testing) == ["ab-test", "weighted"] and LEASE not in testing.objects()


def test_another_version_waits_for_the_end_of_the_test(testing: World) -> None:
    report = testing.step("deploy", "4", HERE)
    assert report["verdict"] == "error" and "(A/B test)" in report["reasons"][0]


def test_a_look_that_fails_changes_nothing(testing: World) -> None:
    (testing.root / "verdict.json").unlink()
    report = testing.step("finish-rollout", "", HERE)
    assert report["verdict"] == "error" and decided(testing) is None
    assert rules(testing) == ["ab-test", "weighted"] and tags(testing, "2")


def test_a_verdict_without_a_test_is_refused(testing: World) -> None:
    """Whoever looks from elsewhere hands a verdict on, too: only to the test that it is about."""
    (testing.root / "ops/elsewhere.py").write_text(ELSEWHERE)
    code, said = testing.run("elsewhere", "4", MLOPS_ENV=HERE)
    assert code == 2 and "no A/B test of version 4 runs here" in said and decided(testing) is None
    code, said = testing.run("elsewhere", "2", MLOPS_ENV=HERE)
    assert code == 0, said
    assert decided(testing) == {"version": "2", "verdict": "keep", "why": "x" * 300}
