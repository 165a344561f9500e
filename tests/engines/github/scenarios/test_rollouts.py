"""The workflow that deploys where a version gets its traffic step by step, with the real controller in the cluster."""

import json
from typing import Any

import pytest

from tests.engines.deployment.stepwise import JOB, LOOK, SEEN
from tests.engines.github.actions_runner import Event
from tests.engines.github.scenarios.shop import SPEC, Shop
from tests.journeys.begin import mlopsc

FIRST = Event.dispatch(version="1")
STEPS = "deployment: {strategy: canary, provider: istio, steps: [5%, 50%], hold: 10m}"
PRODUCTION = f"production: {{cluster: {{context: prd, namespace: ml}}, approval: true, {STEPS}}}"


# All environments but the first give steps, and then test on real users.
TESTED = {
    "deployment: {strategy: rolling, ": "deployment: {strategy: canary, provider: istio, steps: [5%, 50%], hold: 10m, ",
    "staging: {cluster": "staging: {deployment: {strategy: rolling}, cluster",
    "churn}\n": "churn, prediction_log: {path: 's3://lake/log/'}, slo: {error_rate: 10%}, traffic: 20/s}\n",
}
AB_TEST = """\
outcomes: {path: 's3://lake/outcomes/', id: customer_id, value: churned, delay: 7d}
ab_test: {traffic: 20%, for: 14d, metric: accuracy, effect: 5%}
"""


@pytest.fixture
def stepping(shop: Shop) -> Shop:
    """Return a shop whose production gives versions their traffic in steps; what ran before serves."""
    spec = SPEC.replace("production: {cluster: {context: prd, namespace: ml}, approval: true}", PRODUCTION)
    spec = spec.replace("churn}\n", "churn, slo: {error_rate: 10%}, traffic: 20/s}\n")
    assert PRODUCTION in spec and "traffic: 20/s" in spec
    return compiled(shop, spec)


@pytest.fixture
def testing(shop: Shop) -> Shop:
    """Return a shop that tests a version on real users after its steps; who evaluates is a stand-in."""
    spec = SPEC
    for former, new in TESTED.items():
        assert spec.count(former) == 1
        spec = spec.replace(former, new)
    shop.write("verdict.json", '"running"')
    compiled(shop, spec + AB_TEST)
    shop.write("ops/ab_look.py", LOOK)
    shop.write("ops/ab_seen.py", SEEN)
    shop.push()
    return shop


def compiled(shop: Shop, spec: str) -> Shop:
    """Compile another spec in a shop, and push it."""
    shop.write("mlops.yaml", f"{spec}connections: {{prometheus: {{url: 'http://prometheus.test:9090'}}}}\n")
    done = mlopsc(shop.work, "compile")
    assert done.code == 0, done.err
    shop.push()
    shop.protect()
    fares(shop)
    return shop


def kept(shop: Shop) -> dict[str, Any]:
    """Return what the stand-in for kubectl keeps."""
    found: dict[str, Any] = json.loads((shop.place / "standin/kubectl.json").read_text())
    return found


def fares(shop: Shop, **more: Any) -> None:
    """Say how the controller in the cluster fares."""
    shop.keep("kubectl", kept(shop) | {"job": {"program": str(JOB), **more}})


def stable(shop: Shop) -> str:
    """Return the image that serves in production."""
    found = kept(shop)["contexts"]["prd"]["ml"]["Deployment/churn-stable"]["spec"]["template"]["spec"]
    return str(found["containers"][0]["image"])


def test_a_sound_version_is_promoted_and_becomes_the_champion(stepping: Shop) -> None:
    run = stepping.run("deploy", FIRST)
    assert run.conclusion == "success", run.log
    assert "50 % of the traffic" in run.log
    assert (stable(stepping), stepping.aliases()["champion"]) == ("ghcr.io/acme/churn:churn-v1", "1")
    assert stepping.slack.came == []


def test_a_version_that_is_taken_back_by_itself_is_red_and_told(stepping: Shop) -> None:
    fares(stepping, errors=0.5)
    run = stepping.run("deploy", FIRST)
    production = run.jobs["production"]
    assert (run.jobs["staging"].result, production.result) == ("success", "failure")
    skipped = {production.step(name).outcome for name in ("See that it serves", "Make it the champion")}
    assert skipped == {"skipped"}
    assert production.step("Take it back").outcome == "skipped", "the controller did it"
    assert (stable(stepping), "champion" in stepping.aliases()) == ("ghcr.io/acme/churn:before", False)
    (told,) = [str(body) for _, body in stepping.slack.came]
    assert "rolled back" in told and "version 1" in told


def test_what_goes_on_is_green_told_and_finished_by_the_next_run(stepping: Shop) -> None:
    fares(stepping, pace=60)
    path = stepping.work / ".github/workflows/churn-deploy.yml"
    text = path.read_text()
    path.write_text(text.replace("          STRICT: '1'\n", "          STRICT: '1'\n          FOLLOW: 0s\n"))
    run = stepping.run("deploy", FIRST)
    path.write_text(text)
    production = run.jobs["production"]
    assert run.conclusion == "success", run.log
    assert production.step("Make it the champion").outcome == "skipped"
    assert "champion" not in stepping.aliases()
    assert "running" in str(stepping.slack.came[0][1])
    fares(stepping)
    # Nothing is due before the end that the version's tag names.
    assert stepping.run("monitor", Event.schedule("23 * * * *")).conclusion == "success"
    assert stepping.dispatched() == []
    stepping.overdue()
    monitor = stepping.run("monitor", Event.schedule("23 * * * *"))
    assert monitor.conclusion == "success", monitor.log
    assert stepping.dispatched() == [("churn-deploy.yml", {"version": "1"})]
    run = stepping.run("deploy", FIRST)
    assert run.conclusion == "success", run.log
    assert (stable(stepping), stepping.aliases()["champion"]) == ("ghcr.io/acme/churn:churn-v1", "1")


def test_an_ab_test_runs_for_weeks_and_the_clock_ends_it(testing: Shop) -> None:
    """Green in between, and silent; a run begins when there is something to look at, and not before."""
    fares(testing, pace=3600)
    run = testing.run("deploy", FIRST)
    production = run.jobs["production"]
    assert run.conclusion == "success", run.log
    assert "version 1 answers 20 % of the ids since" in run.log
    left = {
        production.step(name).outcome
        for name in ("See that it serves", "Make it the champion", "Take it back")
    }
    assert left == {"skipped"} and "champion" not in testing.aliases()
    assert testing.run("monitor", Event.schedule("23 * * * *")).conclusion == "success"
    assert testing.dispatched() == []
    testing.overdue()
    testing.write("verdict.json", '"promote"')
    testing.push()
    assert testing.run("monitor", Event.schedule("23 * * * *")).conclusion == "success"
    assert testing.dispatched() == [("churn-deploy.yml", {"version": "1"})]
    run = testing.run("deploy", FIRST)
    assert run.conclusion == "success", run.log
    assert "the test says promote" in run.log
    assert (stable(testing), testing.aliases()["champion"]) == ("ghcr.io/acme/churn:churn-v1", "1")


def test_an_ab_test_that_keeps_what_runs_is_green_and_told(testing: Shop) -> None:
    """An answer is no failure: nothing is red, nothing is promoted, and somebody hears of it."""
    fares(testing, pace=3600)
    testing.write("verdict.json", '"keep"')
    testing.push()
    run = testing.run("deploy", FIRST)
    production = run.jobs["production"]
    assert run.conclusion == "success", run.log
    left = {
        production.step(name).outcome
        for name in ("See that it serves", "Make it the champion", "Take it back")
    }
    assert left == {"skipped"}
    assert (stable(testing), "champion" in testing.aliases()) == ("ghcr.io/acme/churn:before", False)
    (told,) = [str(body) for _, body in testing.slack.came]
    assert "deploy: keep" in told and "the A/B test says keep" in told
