"""The workflows that train and watch, run as GitHub runs them, against a real store, registry and pipeline."""

import time

from tests.engines.github.actions_runner import Event
from tests.engines.github.scenarios.shop import Shop
from tests.engines.loop.project import rows

WEEKLY = Event.schedule("0 0 * * 1")
HOURLY = Event.schedule("0 0 * * *")


def test_good_data_is_trained_on_and_its_candidate_is_deployed(shop: Shop) -> None:
    shop.land("week.csv", rows(300, seed=7))
    shop.better()
    run = shop.run("train", WEEKLY)
    assert run.conclusion == "success", run.log
    assert {name: job.result for name, job in run.jobs.items()} == dict.fromkeys(
        ["train", "lock", "deploy"], "success"
    )
    assert run.jobs["train"].outputs == {"verdict": "trained", "version": "2"}
    assert shop.aliases()["candidate"] == "2"
    assert {"churn-train", "churn-lock"} <= set(run.artifacts)
    assert (run.artifacts["churn-train"] / "retrain.json").exists()
    assert shop.dispatched() == [("churn-deploy.yml", {"version": "2"})]
    assert [pull["head"] for pull in shop.hub.pulls] == ["mlopsc/churn-lock"]
    assert shop.slack.came == []


def test_what_comes_back_to_git_is_what_was_trained_on(shop: Shop) -> None:
    shop.land("week.csv", rows(300, seed=7))
    shop.better()
    run = shop.run("train", WEEKLY)
    assert run.jobs["lock"].result == "success", run.log
    changed = shop.changed("mlopsc/churn-lock")
    assert {"dvc.lock", "data/customers.csv.dvc"} <= changed
    assert all(path.endswith((".dvc", ".fetched.json", "dvc.lock", "metrics.json")) for path in changed)


def test_bad_data_is_not_trained_on_and_people_are_told(shop: Shop) -> None:
    shop.land("week.csv", rows(300, seed=7, shift=200))
    run = shop.run("train", WEEKLY)
    assert run.jobs["train"].outputs["verdict"] == "blocked", run.log
    assert (run.jobs["lock"].result, run.jobs["deploy"].result) == ("skipped", "skipped")
    assert run.jobs["train"].result == "success"
    assert shop.versions() == ["1"]
    assert shop.dispatched() == [] and shop.hub.pulls == []
    (told,) = [str(body) for _, body in shop.slack.came]
    assert "churn" in told and "blocked" in told


def test_a_worse_model_is_refused_and_not_deployed(shop: Shop) -> None:
    shop.cut(70)
    shop.push()
    run = shop.run("train", Event.dispatch(trigger="manual", event=""))
    assert run.jobs["train"].outputs["verdict"] == "refused", run.log
    assert (run.jobs["lock"].result, run.jobs["deploy"].result) == ("skipped", "skipped")
    assert "candidate" not in shop.aliases() or shop.aliases()["candidate"] == "1"
    assert shop.dispatched() == []
    assert len(shop.slack.came) == 1


def test_drift_starts_one_training(shop: Shop) -> None:
    shop.promote()
    shop.land("week.csv", rows(300, seed=7, shift=25))
    run = shop.run("monitor", HOURLY)
    assert run.conclusion == "success", run.log
    ((file, inputs),) = shop.dispatched()
    assert file == "churn-train.yml" and inputs["trigger"] == "drift" and inputs["event"]
    assert "churn-drift" in run.artifacts
    assert len(shop.slack.came) == 1


def test_prometheus_sees_what_the_monitor_found_on_a_machine_that_is_gone(shop: Shop) -> None:
    shop.promote()
    shop.land("week.csv", rows(300, seed=7, shift=25))
    began = time.time()
    assert shop.run("monitor", HOURLY).conclusion == "success"
    seen = shop.figures()
    of = 'model="churn",environment="production"'
    assert seen[f"model_drift_score{{{of}}}"] > 0.3
    assert seen[f'model_drift_score{{{of},column="age"}}'] > 0.3
    assert seen[f"model_drift_checked_timestamp_seconds{{{of}}}"] >= began
    assert (seen[f"model_data_valid{{{of}}}"], seen[f"model_champion_version{{{of}}}"]) == (1, 1)


def test_the_same_drift_trains_once(shop: Shop) -> None:
    shop.promote()
    shop.land("week.csv", rows(300, seed=7, shift=25))
    runs = [shop.run("monitor", HOURLY) for _ in range(2)]
    assert all(run.conclusion == "success" for run in runs)
    events = [inputs["event"] for _, inputs in shop.dispatched()]
    assert len(set(events)) == 1
    verdicts = [shop.run("train", Event.dispatch(trigger="drift", event=event)) for event in [events[0]] * 2]
    assert [run.jobs["train"].outputs["verdict"] for run in verdicts][1] == "not due"


def test_without_drift_nothing_is_started(shop: Shop) -> None:
    shop.promote()
    shop.land("week.csv", rows(300, seed=7))
    run = shop.run("monitor", HOURLY)
    assert run.conclusion == "success", run.log
    assert run.jobs["drift"].step("Ask for a training").outcome == "skipped"
    assert shop.dispatched() == [] and shop.slack.came == []


def test_a_step_that_fails_is_tried_again_after_longer_and_longer_waits(shop: Shop) -> None:
    shop.land("week.csv", rows(300, seed=7))
    shop.better()
    shop.fail(2)
    run = shop.run("train", WEEKLY)
    assert run.jobs["train"].outputs["verdict"] == "trained", run.log
    assert shop.slept() == [30.0, 60.0]


def test_a_step_that_fails_too_often_ends_the_run_and_is_told(shop: Shop) -> None:
    shop.land("week.csv", rows(300, seed=7))
    shop.fail(9)
    run = shop.run("train", WEEKLY)
    assert run.jobs["train"].result == "failure"
    assert (run.jobs["lock"].result, run.jobs["deploy"].result) == ("skipped", "skipped")
    assert shop.dispatched() == []
    (told,) = [str(body) for _, body in shop.slack.came]
    assert "pipeline" in told


def test_a_webhook_trains(shop: Shop) -> None:
    shop.land("week.csv", rows(300, seed=7))
    shop.better()
    call = Event("repository_dispatch", {"action": "churn-train", "client_payload": {"event": "invoice-7"}})
    run = shop.run("train", call)
    assert run.jobs["train"].outputs["verdict"] == "trained", run.log
    again = shop.run("train", call)
    assert again.jobs["train"].outputs["verdict"] == "not due", again.log
