"""What an A/B test decides, from logs that the service's own writer wrote and from outcomes that came later."""

import math
from typing import Any

import pytest

from tests.engines.ab_test.world import DAY, SINCE, World

LATE = 5.1


@pytest.fixture(params=["csv", "parquet"])
def each(request: pytest.FixtureRequest, world: World) -> World:
    """Return a world of either format."""
    world.suffix = request.param
    return world


def test_a_better_version_is_promoted(each: World) -> None:
    each.people(rates=(0.3, 0.2))
    each.arrive()
    report = each.command()
    assert report["verdict"] == "promote"
    assert report["reasons"][0] == "version 8 is better: churned is 18.00%, with version 7 30.00%"
    assert report["figures"]["version"] == 8


def test_one_that_is_no_better_is_kept_out(each: World) -> None:
    each.people(rates=(0.3, 0.3))
    each.arrive()
    report = each.command()
    assert report["verdict"] == "keep"
    assert report["reasons"][0].startswith("keep version 7: version 8 is not better; churned is ")


@pytest.mark.parametrize("margin", [{"absolute": 0.1}, {"relative": 0.33}])
def test_better_by_less_than_the_margin_is_not_better(world: World, margin: dict[str, float]) -> None:
    world.people(rates=(0.3, 0.2))
    world.arrive()
    world.test = {"margin": {kind: amount / 10 for kind, amount in margin.items()}}
    assert world.look().verdict == "promote"
    world.test = {"margin": margin}
    found = world.look()
    assert found.verdict == "keep"
    assert "is not better by more than " in found.reasons[0]


def test_higher_is_better_where_it_is(world: World) -> None:
    world.people(rates=(0.3, 0.2))
    world.arrive()
    world.test = {"better": "higher"}
    assert world.look().verdict == "keep"


@pytest.mark.parametrize(
    ("test", "right", "verdict"),
    [
        ({"metric": "accuracy", "better": "higher"}, (0.7, 0.85), "promote"),
        ({"metric": "accuracy", "better": "higher"}, (0.8, 0.8), "keep"),
        ({"metric": "f1", "better": "higher"}, (0.7, 0.9), "promote"),
        ({"metric": "recall", "better": "higher"}, (0.8, 0.7), "keep"),
        ({"metric": "brier_score", "better": "lower"}, (0.7, 0.85), "promote"),
        ({"metric": "mae", "better": "lower"}, (0.7, 0.85), "promote"),
        ({"metric": "rmse", "better": "lower"}, (0.7, 0.85), "promote"),
        ({"metric": "roc_auc", "better": "higher"}, (0.7, 0.9), "promote"),
    ],
)
def test_metrics_of_answers_and_outcomes(
    world: World, test: dict[str, Any], right: tuple[float, float], verdict: str
) -> None:
    world.test = test
    world.people(rates=(0.3, 0.3), right=right)
    world.arrive()
    assert world.look().verdict == verdict


def test_before_a_look_is_due_nothing_is_read(world: World) -> None:
    found = world.look(days=5.0)
    assert (found.verdict, found.looks) == ("running", [])
    assert found.reasons == ["version 8 is tested: look 1 of 1 is due at 2026-11-25T00:10Z"]


def test_looks_are_due_when_their_outcomes_are_known(world: World) -> None:
    world.test = {"looks": 4}
    due = [SINCE + (k + 1) * DAY + 600 for k in (1, 2, 3, 4)]
    next_look = world.ops["ab_look"].next_look
    assert [next_look(world.settings(), SINCE, now) for now in [SINCE, *due[:3]]] == due
    assert next_look(world.settings(), SINCE, due[3]) == due[3] + 3600


def test_the_first_look_that_crosses_its_boundary_decides_whenever_it_is_asked(world: World) -> None:
    world.test = {"looks": 4}
    world.people(rates=(0.3, 0.2))
    world.arrive()
    first, later = world.look(days=3.1), world.look(days=40)
    assert first.verdict == later.verdict == "promote"
    assert first.reasons == later.reasons
    assert [each.verdict for each in later.looks] == ["", "promote"]
    assert [each.plan.number for each in later.looks] == [1, 2]
    assert world.look(days=2.9).verdict == "running"


def test_an_early_look_never_keeps_and_sees_no_later_id(world: World) -> None:
    world.test = {"looks": 4}
    world.people(rates=(0.2, 0.3))
    world.arrive()
    found = world.look(days=4.1)
    assert (found.verdict, len(found.looks)) == ("running", 3)
    assert [sum(each.sample.known.values()) for each in found.looks] == [500, 1000, 1500]
    assert found.reasons[-1] == "the next look is at 2026-11-25T00:10Z"
    assert world.look().verdict == "keep"


def test_what_comes_after_a_look_does_not_change_it(world: World) -> None:
    world.test = {"looks": 2}
    world.people(rates=(0.4, 0.1))
    world.arrive()
    before = world.look(days=3.1)
    # Whoever was seen by then is answered by the other version, too.
    world.log("7", [{"at": 3.2 * DAY, "id": name, "arm": "control", "answer": 1} for name in range(1, 900)])
    after = world.look(days=30)
    assert (after.verdict, after.reasons) == (before.verdict, before.reasons) == ("promote", before.reasons)


def test_too_few_ids_are_undecided(world: World) -> None:
    world.people(count=300)
    world.arrive()
    report = world.command()
    assert report["verdict"] == "undecided"
    assert report["reasons"][0] == "undecided: treatment: 90 ids, 100 outcomes are needed"


def test_no_sample_is_too_small_for_the_spec_but_for_statistics(world: World) -> None:
    world.test = {"sample": {"control": 0, "treatment": 0}}
    world.people(count=90, rates=(0.9, 0.1))
    world.arrive()
    assert world.look().verdict == "undecided"


def test_a_sample_ratio_mismatch_is_never_promoted(world: World) -> None:
    world.test = {"share": 0.35}
    world.people(rates=(0.9, 0.1))
    world.arrive()
    report = world.command()
    assert report["verdict"] == "undecided"
    assert report["reasons"][0].startswith("undecided: sample ratio mismatch: 30.00% of 2,000 ids")
    world.test = {"share": 0.32}
    assert world.look().verdict == "promote"


def test_a_mismatch_ends_the_test_at_an_early_look(world: World) -> None:
    world.test = {"share": 0.4, "looks": 4}
    world.people(rates=(0.9, 0.1))
    world.arrive()
    assert world.look(days=2.1).verdict == "undecided"


def test_outcomes_that_are_missing_in_one_arm_are_undecided(world: World) -> None:
    world.people(rates=(0.4, 0.4))
    kept = {name: churned for name, churned in world.outcomes.items() if (name - 1) % 10 < 7 or not churned}
    world.arrive(kept)
    report = world.command()
    assert report["verdict"] == "undecided"
    assert "those that are missing may be the bad ones" in report["reasons"][0]


def test_outcomes_that_are_missing_in_both_arms_alike_are_no_reason(world: World) -> None:
    world.people(rates=(0.4, 0.2))
    world.arrive({name: churned for name, churned in world.outcomes.items() if name % 3})
    assert world.look().verdict == "promote"


def test_late_outcomes_are_waited_for_and_not_for_ever(world: World) -> None:
    world.people()
    waits = world.look(days=LATE)
    assert waits.verdict == "running"
    assert "control: 0 of 1,400 outcomes have arrived, 200 are needed" in waits.reasons
    assert world.look(days=LATE + 3).verdict == "undecided"
    world.arrive()
    assert world.look(days=LATE).verdict == world.look(days=LATE + 3).verdict == "promote"


def test_outcomes_of_one_class_say_nothing(world: World) -> None:
    world.test = {"metric": "accuracy", "better": "higher"}
    world.people(rates=(0.0, 0.0), right=(0.5, 0.9))
    world.arrive()
    found = world.look()
    assert (found.verdict, found.reasons[0]) == ("undecided", "undecided: control: all outcomes are the same")
    world.test = {}
    assert world.look().verdict == "undecided"


@pytest.mark.parametrize("nothing", [math.nan, math.inf, None, "much"])
def test_answers_that_are_no_number_are_undecided(world: World, nothing: Any) -> None:
    world.test = {"metric": "mae", "better": "lower"}
    world.people(rates=(0.3, 0.3), right=(0.5, 0.9))
    world.log("8", [{"at": 0.0, "id": 10_001, "arm": "treatment", "answer": nothing}])
    world.arrive(world.outcomes | {10_001: 1})
    found = world.look()
    assert found.verdict == "undecided"
    assert found.reasons[0].startswith("undecided: treatment: 1 answers are none, or no number")


def test_classes_that_never_agree_are_undecided(world: World) -> None:
    world.test = {"metric": "accuracy", "better": "higher"}
    world.people(rates=(0.3, 0.3))
    world.arrive({name: ["stays", "goes"][churned] for name, churned in world.outcomes.items()})
    assert world.look().reasons[0] == "undecided: outcomes and answers have no class in common"


def test_a_metric_of_two_classes_refuses_a_third(world: World) -> None:
    world.test = {"metric": "f1", "better": "higher"}
    world.people()
    world.arrive(world.outcomes | {1: 2})
    report = world.command()
    assert report["reasons"] == ["ValueError: f1 is of two classes: the outcomes and answers have 3"]
    world.test = {"metric": "accuracy", "better": "higher"}
    assert world.look().verdict in ("promote", "keep")
