"""A scheduler takes the steps of a retraining itself: what it is told before, between and after them."""

import json
from pathlib import Path

import pytest

from tests.engines.retraining.world import STEPS, World

ASKS, ERROR = 3, 2


def part(world: World, name: str, trigger: str = "", event: str = "") -> tuple[int, str]:
    """Return the exit code and the verdict of a part."""
    code = world.ops["retrain"].main(["--trigger", trigger, "--event", event, f"--{name}"])
    return code, str(json.loads(Path("reports", "retrain.json").read_text())["verdict"])


def leave(step: str, verdict: str, **figures: int) -> None:
    """Leave the report of a step."""
    Path("reports").mkdir(exist_ok=True)
    report = {"step": step, "verdict": verdict, "figures": figures, "reasons": []}
    Path("reports", f"{step}.json").write_text(json.dumps(report))


def taken(world: World, **verdicts: str) -> None:
    """Leave the reports of all steps, fine but for those that are named."""
    for step in STEPS:
        leave(step, verdicts.get(step, {"fetch": "fetched", "promote": "promoted"}.get(step, "passed")))


def test_a_training_that_goes_well_is_settled_once(world: World) -> None:
    assert part(world, "begin", "webhook", "1") == (0, "due")
    assert "running" in world.state()
    leave("fetch", "fetched")
    assert part(world, "fetched") == (0, "fetched")
    taken(world)
    assert part(world, "end") == (0, "trained")
    assert "running" not in world.state() and world.state()["events"]
    assert part(world, "begin", "webhook", "1") == (ASKS, "not due")


def test_where_nothing_asks_the_scheduler_is_to_stop(world: World) -> None:
    assert part(world, "begin") == (ASKS, "not due")
    assert part(world, "end") == (0, "skipped")


def test_the_cooldown_stops_it_too(world: World) -> None:
    world.configure(cooldown_seconds=3600)
    part(world, "begin", "webhook", "1")
    taken(world)
    assert part(world, "end") == (0, "trained")
    assert part(world, "begin", "webhook", "2") == (ASKS, "cooling down")
    assert part(world, "begin", "manual") == (0, "due")


def test_nothing_new_stops_it_and_deals_with_the_event(world: World) -> None:
    part(world, "begin", "webhook", "1")
    leave("fetch", "nothing new")
    assert part(world, "fetched") == (ASKS, "nothing new")
    assert part(world, "end") == (0, "nothing new")
    assert part(world, "begin", "webhook", "1") == (ASKS, "not due")


@pytest.mark.parametrize(("step", "verdict"), [("register", "refused"), ("fetch", "blocked")])
def test_a_verdict_that_asks_for_something_is_its_end(world: World, step: str, verdict: str) -> None:
    part(world, "begin", "webhook", "1")
    taken(world, **{step: verdict})
    assert part(world, "end") == (ASKS, verdict)
    assert "running" not in world.state()


def test_data_that_was_blocked_before_the_pipeline_may_come_again(world: World) -> None:
    part(world, "begin", "webhook", "1")
    leave("fetch", "fetched")
    leave("validate", "blocked")
    assert part(world, "end") == (ASKS, "blocked")
    assert part(world, "begin", "webhook", "1") == (0, "due")


def test_what_has_failed_is_still_to_be_done(world: World) -> None:
    part(world, "begin", "webhook", "1")
    leave("fetch", "fetched")
    part(world, "fetched")
    assert part(world, "end") == (ERROR, "error")
    assert "running" in world.state()
    assert part(world, "begin") == (0, "due")
    # It was fetched, and is still to be trained on.
    leave("fetch", "nothing new")
    assert part(world, "fetched") == (0, "nothing new")


def test_a_report_of_an_earlier_training_says_nothing(world: World) -> None:
    taken(world)
    part(world, "begin", "webhook", "1")
    assert not [step for step in STEPS if Path("reports", f"{step}.json").exists()]
    assert part(world, "end") == (ERROR, "error")


def test_how_to_train_reaches_the_pipeline(world: World) -> None:
    world.configure(mode="incremental", checkpoint="models/checkpoint")
    part(world, "begin", "webhook", "1")
    assert json.loads(Path("reports", "mode.json").read_text()) == {"mode": "full"}
    Path("models").mkdir()
    Path("models", "checkpoint").touch()
    taken(world)
    part(world, "end")
    part(world, "begin", "webhook", "2")
    assert json.loads(Path("reports", "mode.json").read_text()) == {"mode": "incremental"}
