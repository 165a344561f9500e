"""The workflow that scores, run as GitHub runs it: from an object store into it, on a machine that forgets."""

from tests.engines.github.actions_runner import Event
from tests.engines.github.scenarios.shop import Shop
from tests.engines.loop.project import rows
from tests.engines.scoring.world import CUT, expected

MORNING = Event.schedule("0 5 * * *")


def test_an_object_is_scored_into_another_one_by_the_clock(shop: Shop) -> None:
    shop.promote()
    shop.put("open/monday.csv", rows(50, seed=5))
    run = shop.run("monitor", MORNING)
    assert run.conclusion == "success", run.log
    assert {name: job.result for name, job in run.jobs.items()} == {"drift": "skipped", "score": "success"}
    assert shop.got("scores.csv") == expected(CUT)
    assert (run.artifacts["churn-score"] / "score.json").exists()
    figures = shop.figures()
    assert figures['model_scoring_rows{model="churn",environment="production"}'] == 50
    assert shop.slack.came == []
    # Another schema: the scores of Monday stay, and somebody is told.
    shop.put("open/tuesday.csv", "customer_id,age\na,40\n")
    run = shop.run("monitor", MORNING)
    assert run.jobs["score"].result == "success", run.log
    assert shop.got("scores.csv") == expected(CUT)
    ((_, told),) = shop.slack.came
    assert "score: blocked" in str(told) and "tuesday.csv has no column spend" in str(told)
