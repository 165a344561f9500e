"""What starts a retraining, and what does not."""

import math

import pytest

from tests.engines.retraining.world import HOUR, World

EVERYTHING = ["fetch", "pipeline", "register", "promote"]


def test_a_webhook_trains_once_per_event(world: World) -> None:
    assert world.verdict("webhook", "41") == "trained"
    assert world.calls == EVERYTHING
    world.arrive("more.csv", 5, 100)
    report = world.retrain("webhook", "41")
    assert report["verdict"] == "not due"
    assert report["reasons"] == ["webhook: called for the event 41; that was dealt with"]
    assert world.verdict("webhook", "42") == "trained"
    assert len(world.trained) == 2


def test_the_schedule_is_the_callers(world: World) -> None:
    world.configure(triggers={"schedule": True})
    assert world.verdict() == "not due"
    assert world.verdict("schedule") == "trained"
    world.arrive("more.csv", 5, 100)
    world.now += HOUR
    assert world.verdict("schedule") == "trained"


@pytest.mark.parametrize(
    ("trigger", "event", "said"),
    [
        ("schedule", "", "TRIGGER=schedule: the spec has no such trigger (retraining.triggers)"),
        ("webhook", "", "TRIGGER=webhook needs EVENT=id, so that an event that comes twice trains once"),
        ("cron", "", "TRIGGER=cron: it is one of schedule, webhook, drift, metric, manual"),
    ],
)
def test_a_call_that_the_spec_does_not_know_is_an_error(
    world: World, trigger: str, event: str, said: str
) -> None:
    report = world.retrain(trigger, event)
    assert (report["verdict"], report["reasons"]) == ("error", [f"ValueError: {said}"])
    assert world.calls == []


def test_one_drift_report_trains_once(world: World) -> None:
    world.configure(triggers={"drift": True})
    assert world.retrain()["reasons"] == ["drift: there is no reports/drift.json yet"]
    world.drift("no drift")
    assert world.retrain()["reasons"] == ["drift: the verdict is `no drift`"]
    world.drift("broken")
    assert world.verdict() == "not due"
    world.drift()
    assert world.retrain()["reasons"] == ["drift: the verdict is `drift`: age: ks"]
    world.arrive("more.csv", 5, 100)
    assert world.verdict() == "not due"
    assert len(world.trained) == 1


def test_a_call_for_drift_without_a_report_is_an_error_unless_it_names_the_event(world: World) -> None:
    world.configure(triggers={"drift": True})
    report = world.retrain("drift")
    assert report["reasons"] == [
        "FileNotFoundError: TRIGGER=drift: there is no reports/drift.json; run `make drift` first"
    ]
    assert world.verdict("drift", "run-7") == "trained"
    assert world.verdict("drift", "run-7") == "not due"


def test_what_is_called_for_answers_the_other_signs_too(world: World) -> None:
    world.configure(triggers={"drift": True, "schedule": True})
    world.drift()
    assert world.verdict("schedule") == "trained"
    world.arrive("more.csv", 5, 100)
    assert world.verdict() == "not due"


def test_a_cooldown_holds_back_all_but_a_person(world: World) -> None:
    world.configure(triggers={"drift": True, "webhook": True}, cooldown_seconds=12 * HOUR)
    assert world.verdict("webhook", "1") == "trained"
    world.arrive("more.csv", 5, 100)
    world.now += 12 * HOUR - 1
    report = world.retrain("webhook", "2")
    assert report["verdict"] == "cooling down"
    assert report["reasons"] == ["webhook: called for the event 2", "not before 2027-01-15 20:00:00 UTC"]
    world.drift()
    assert world.verdict() == "cooling down"
    assert world.verdict("manual") == "trained"
    world.arrive("still_more.csv", 5, 200)
    world.now += 12 * HOUR
    # What was held back was not dealt with, but for the drift, which the person's call answered.
    assert world.verdict() == "not due"
    assert world.verdict("webhook", "2") == "trained"


METRIC = {"metric": "accuracy", "drops_by": {"absolute": 0.05}}


@pytest.mark.parametrize(
    ("before", "now", "by", "verdict"),
    [
        (0.90, 0.84, {"absolute": 0.05}, "trained"),
        (0.85, 0.80, {"absolute": 0.05}, "trained"),
        (0.90, 0.86, {"absolute": 0.05}, "not due"),
        (0.90, 0.95, {"absolute": 0.05}, "not due"),
        (0.80, 0.76, {"relative": 0.05}, "trained"),
        (0.80, 0.761, {"relative": 0.05}, "not due"),
        (0.90, math.nan, {"absolute": 0.05}, "not due"),
        (None, None, {"absolute": 0.05}, "not due"),
    ],
)
def test_a_metric_that_fell(
    world: World, before: float, now: float, by: dict[str, float], verdict: str
) -> None:
    world.configure(triggers={"metric": {"metric": "accuracy", "drops_by": by}})
    world.drift("unknown", statistic=now, effect=None if now is None else before - now)
    assert world.verdict() == verdict


def test_a_metric_that_is_better_when_lower_drops_upwards(world: World) -> None:
    signs, counted = world.ops["triggers"], world.ops["records"].Counted()
    change = {"metric": "accuracy", "drops_by": {"absolute": 1}}
    config = {"retraining": {"triggers": {"metric": change}}, "metrics": {"accuracy": "lower"}}
    world.drift(statistic=4.5, effect=1.5)
    (sign,) = signs.signs(config, signs.Call(), world.now, counted)
    assert (sign.said, bool(sign.id)) == ("accuracy: 4.5 after 3, worse by 1.5, at least 1", True)
    world.drift(statistic=1, effect=-2)
    (sign,) = signs.signs(config, signs.Call(), world.now, counted)
    assert (sign.said, sign.id) == ("accuracy: 1 after 3, better by 2, not 1", "")


def test_an_unknown_metric_is_said_to_be_unknown(world: World) -> None:
    world.configure(triggers={"metric": METRIC})
    assert world.retrain()["reasons"] == ["accuracy: unknown, for reports/drift.json has no figure of it"]


def test_incremental_training_starts_anew_without_a_checkpoint_or_after_a_fall(world: World) -> None:
    fall = {"metric": "accuracy", "drops_by": {"absolute": 0.1}}
    world.configure(mode="incremental", checkpoint="models/checkpoint", full_when=fall)
    reasons = world.retrain("webhook", "1")["reasons"]
    assert reasons[-1] == "training starts anew: there is no checkpoint models/checkpoint"
    world.write("models/checkpoint", "")
    world.arrive("more.csv", 5, 100)
    world.verdict("webhook", "2")
    world.drift(statistic=0.7, effect=0.2)
    world.arrive("still_more.csv", 5, 200)
    assert "training starts anew: accuracy: 0.7 after 0.9" in world.retrain("webhook", "3")["reasons"][-1]
    modes = [each["MLOPS_MODE"] for each in world.environments]
    assert modes == ["full"] * 4 + ["incremental"] * 4 + ["full"] * 4
    assert {each["MLOPS_CHECKPOINT"] for each in world.environments} == {"models/checkpoint"}
