"""The workflow that deploys where a version gets its traffic step by step, with the real controller in the cluster."""

import json
from typing import Any

import pytest

from tests.engines.deployment.stepwise import JOB
from tests.engines.github.actions_runner import Event
from tests.engines.github.scenarios.shop import SPEC, Shop
from tests.journeys.begin import mlopsc

FIRST = Event.dispatch(version="1")
STEPS = "deployment: {strategy: canary, provider: istio, steps: [5%, 50%], hold: 10m}"
PRODUCTION = f"production: {{cluster: {{context: prd, namespace: ml}}, approval: true, {STEPS}}}"


@pytest.fixture
def stepping(shop: Shop) -> Shop:
    """Return a shop whose production gives versions their traffic in steps; what ran before serves."""
    spec = SPEC.replace("production: {cluster: {context: prd, namespace: ml}, approval: true}", PRODUCTION)
    spec = spec.replace("churn}\n", "churn, slo: {error_rate: 10%}, traffic: 20/s}\n")
    assert PRODUCTION in spec and "traffic: 20/s" in spec
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
