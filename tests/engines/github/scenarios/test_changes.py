"""The workflow that looks at changes, run as GitHub runs it."""

from dataclasses import replace

from tests.engines.github.actions_runner import Event
from tests.engines.github.scenarios.shop import Shop
from tests.engines.loop.project import rows


def test_a_pull_request_is_tested_and_compared_and_nothing_is_registered(shop: Shop) -> None:
    shop.cut(47)
    shop.push("better")
    run = shop.run("ci", Event.pull_request("better"))
    assert run.conclusion == "success", run.log
    assert {name: job.result for name, job in run.jobs.items()} == {"test": "success", "pipeline": "success"}
    assert shop.versions() == ["1"] and shop.hub.writes() == [] and shop.slack.came == []
    assert "| accuracy" in run.summary and "champion" in run.summary
    assert (run.artifacts["churn-ci"] / "compare.json").exists()


def test_figures_are_compared_with_main_also_when_a_request_is_pushed_to_again(shop: Shop) -> None:
    """The event has a `before` then, which is the request's own."""
    shop.write("metrics.json", '{"accuracy": 0.8125}\n')
    shop.push()
    shop.cut(47)
    shop.push("better")
    first = Event.pull_request("better", action="synchronize")
    again = replace(first, payload={**first.payload, "before": "1" * 40})
    run = shop.run("ci", again)
    assert run.conclusion == "success", run.log
    assert "0.8125" in run.summary


def test_a_change_that_brings_bad_data_is_red(shop: Shop) -> None:
    shop.write("data/customers.csv", rows(400, shift=200))
    shop.dvc("add", "-q", "data/customers.csv")
    shop.dvc("push", "-q")
    shop.push("broken")
    run = shop.run("ci", Event.pull_request("broken"))
    assert run.conclusion == "failure"
    assert run.jobs["pipeline"].step("Validate the data").outcome == "failure"
    assert run.jobs["pipeline"].step("Run what changed").outcome == "skipped"


def test_a_failing_test_stops_before_the_pipeline(shop: Shop) -> None:
    shop.write("tests/unit.py", "raise SystemExit('1 failed')\n")
    shop.push("red")
    run = shop.run("ci", Event.pull_request("red"))
    assert (run.jobs["test"].result, run.jobs["pipeline"].result) == ("failure", "skipped")


def test_a_fork_sees_no_secret_and_is_green(shop: Shop) -> None:
    shop.cut(47)
    shop.push("stranger")
    run = shop.run("ci", Event.pull_request("stranger", fork=True))
    assert run.conclusion == "success", run.log
    steps = run.jobs["pipeline"]
    assert [steps.step(name).outcome for name in ("Validate the data", "Run what changed")] == ["skipped"] * 2
    assert "testing-the-secret" not in run.log and "no credentials" in steps.step("pull").log
    assert shop.hub.came == [] and shop.slack.came == []
