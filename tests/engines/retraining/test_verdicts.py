"""How a retraining ends: trained, refused, blocked, nothing new, or failed for now."""

import pytest

from tests.engines.retraining.world import World


def test_nothing_new_is_a_verdict_and_registers_nothing(world: World) -> None:
    world.configure(triggers={"schedule": True})
    assert world.verdict("schedule") == "trained"
    world.now += 1
    assert world.verdict("schedule") == "nothing new"
    assert world.calls[4:] == ["fetch"]
    assert "running" not in world.state()


def test_nothing_new_is_seen_where_dvc_lost_its_lock(world: World) -> None:
    world.verdict("webhook", "1")
    world.trained.clear()
    assert world.verdict("webhook", "2") == "nothing new"


def test_nothing_new_starts_no_cooldown(world: World) -> None:
    world.configure(cooldown_seconds=60)
    world.verdict("webhook", "1")
    world.now += 61
    assert world.verdict("webhook", "2") == "nothing new"
    world.arrive("more.csv", 5, 100)
    assert world.verdict("webhook", "3") == "trained"


def test_a_refused_model_is_not_promoted_and_not_tried_again(world: World) -> None:
    world.configure(max_attempts=3)
    world.gate = "refused"
    report = world.retrain("webhook", "1")
    assert report["verdict"] == "refused"
    assert report["reasons"] == ["webhook: called for the event 1", "register said so"]
    assert report["figures"] == {"version": 1}
    assert world.calls == ["fetch", "pipeline", "register"]
    assert (world.promoted, world.slept) == ([], [])
    assert world.verdict("webhook", "1") == "not due"


def test_blocked_data_is_not_tried_again_but_stays_new(world: World) -> None:
    world.configure(triggers={"webhook": True, "new_records": {"above": 5}}, max_attempts=3)
    world.blocked = True
    assert world.verdict() == "blocked"
    assert (world.calls, world.slept) == (["fetch", "pipeline"], [])
    assert world.verdict() == "blocked"
    world.blocked = False
    assert world.verdict() == "trained"
    assert world.verdict() == "not due"


def test_failures_are_tried_again_with_growing_waits(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.configure(max_attempts=4)
    world.failures = {"fetch": 1, "pipeline": 2}
    assert world.verdict("webhook", "1") == "trained"
    assert world.slept == [30, 60, 120]
    assert world.calls == ["fetch", "fetch", "pipeline", "pipeline", "pipeline", "register", "promote"]
    assert (
        "`make fetch` failed: it ended with exit code 2 and no verdict; again in 30 seconds"
        in capsys.readouterr().out
    )


def test_waits_grow_to_a_quarter_of_an_hour(world: World) -> None:
    world.configure(max_attempts=8)
    world.failures = {"fetch": 7}
    assert world.verdict("webhook", "1") == "trained"
    assert world.slept == [30, 60, 120, 240, 480, 900, 900]


def test_after_the_last_attempt_the_next_call_goes_on_there(world: World) -> None:
    world.configure(max_attempts=2, triggers={"webhook": True, "drift": True})
    world.failures = {"register": 2}
    report = world.retrain("webhook", "1")
    assert report["verdict"] == "error"
    assert report["reasons"][-1] == "`make register` failed; the next `make retrain` goes on there"
    assert world.verdict() == "trained"
    assert world.calls == ["fetch", "pipeline", "register", "register", "register", "promote"]
    assert world.verdict("webhook", "1") == "not due"


def test_an_error_verdict_is_a_failure(world: World) -> None:
    world.configure()
    world.gate = "error"
    assert world.retrain("webhook", "1")["reasons"][-2] == "register said so"


def test_the_report_of_an_earlier_step_does_not_speak_for_this_one(world: World) -> None:
    world.report("pipeline", "passed")
    world.failures = {"pipeline": 1}
    assert world.verdict("webhook", "1") == "error"


@pytest.mark.parametrize("steps", [["fetch", "pipeline", "register"], ["fetch", "pipeline"]])
def test_the_steps_are_those_of_the_configuration(world: World, steps: list[str]) -> None:
    world.configure(steps=steps)
    assert world.verdict("webhook", "1") == "trained"
    assert world.calls == steps


def test_a_broken_state_is_named(world: World) -> None:
    world.write(".mlops/retraining.json", "{")
    (reason,) = world.retrain("webhook", "1")["reasons"]
    assert reason.startswith("ValueError: .mlops/retraining.json: Expecting property name")
    assert reason.endswith("mend it, or remove it to forget all")
