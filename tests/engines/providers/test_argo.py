"""Argo Rollouts on our manifests: each end of a rollout is the one that the spec says, whatever happens on the way."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engines.providers.argo import Measured, Rollout, measurement
from tests.engines.providers.goldens import ARGO, canary, golden, one, world
from tests.engines.providers.world import CANARY, STABLE, Version, World, always

SETTLE, HOLD = 30.0, 600.0
STEP = SETTLE + HOLD


def since(begin: float, end: float, share: float) -> Callable[[float], float]:
    """Return a share of a while, by the seconds since the first request."""
    return lambda now: share if begin <= now < end else 0.001


def mood(kind: str, begin: float = 0, end: float = math.inf) -> Callable[[float], str]:
    """Return what Prometheus is at a time: for a while of this kind."""
    return lambda now: kind if begin <= now < end else ""


def returns(**more: Any) -> World:
    """Return the world of the golden."""
    return World("returns", {"canary": CANARY, "stable": STABLE}, **more)


def test_a_sound_version_is_mirrored_held_and_promoted() -> None:
    place = returns()
    ended = Rollout(golden(ARGO), place).play()
    assert (ended.verdict, ended.at) == ("promoted", SETTLE + 1200 + 3 * STEP)
    assert [share for _, share in place.shares] == [0, 0.05, 0.25, 0.5, 1]
    assert [share for _, share in place.mirrored] == [0, 1, 0]


def test_a_broken_version_is_gone_before_anybody_met_it() -> None:
    place = returns(canary=Version(errors=always(1)))
    ended = Rollout(golden(ARGO), place).play()
    assert (ended.verdict, ended.at) == ("aborted", SETTLE)
    assert place.harmed(ended.at) == 0


@pytest.mark.parametrize(
    ("version", "wanted", "at"),
    [
        (Version(), "promoted", 2 * STEP),
        # The limit itself is good: `max` is inclusive.
        (Version(errors=always(0.01)), "promoted", 2 * STEP),
        (Version(errors=always(0.0101)), "aborted", STEP),
        # Too few for chance to be ruled out on the way, and still too many at the end.
        (Version(errors=always(0.0125)), "aborted", STEP),
        (Version(slow=always(0.05)), "promoted", 2 * STEP),
        (Version(slow=always(0.055)), "aborted", STEP),
        # What no chance explains does not wait for the end of the hold.
        (Version(errors=always(0.05)), "aborted", SETTLE + 60),
        (Version(slow=always(0.9)), "aborted", SETTLE),
        # Bad for a minute, then as before: 2.4 % of all requests of the hold failed.
        (Version(errors=since(120, 180, 0.25)), "aborted", None),
        (Version(errors=since(120, 180, 0.05)), "promoted", 2 * STEP),
        # Sound in the first step, and not in the second one.
        (Version(errors=since(700, math.inf, 0.03)), "aborted", None),
    ],
)
def test_a_version_ends_as_its_requests_say(
    tmp_path: Path, version: Version, wanted: str, at: float | None
) -> None:
    place = world("argo-rollouts", canary=version)
    ended = Rollout(canary(tmp_path, "argo-rollouts"), place).play()
    assert ended.verdict == wanted, ended
    assert at is None or ended.at == at


@pytest.mark.parametrize(
    ("happens", "wanted"),
    [
        (mood("nan"), "aborted"),
        (mood("empty"), "aborted"),
        (mood("gone"), "aborted"),
        # While a step is held nothing depends on it.
        (mood("gone", 60, STEP - 60), "promoted"),
        (mood("nan", 60, STEP - 60), "promoted"),
        (mood("empty", 60, STEP - 60), "promoted"),
        # The verdict is asked for again for a minute, and not for two.
        (mood("gone", STEP - 5, STEP + 45), "promoted"),
        (mood("gone", STEP - 5, STEP + 120), "aborted"),
        (mood("nan", STEP - 5, STEP + 5), "aborted"),
    ],
)
def test_without_data_a_version_goes_back(
    tmp_path: Path, happens: Callable[[float], str], wanted: str
) -> None:
    place = world("argo-rollouts", mood=happens)
    ended = Rollout(canary(tmp_path, "argo-rollouts"), place).play()
    assert ended.verdict == wanted, ended
    assert ended.verdict == "promoted" or place.share(ended.at) == 0


def test_too_few_requests_are_no_data(tmp_path: Path) -> None:
    found = canary(tmp_path, "argo-rollouts")
    # 10% of 8 a second are 480 in a hold, of which 500 are asked.
    few, enough = (world("argo-rollouts", traffic=rate) for rate in (8, 9))
    assert Rollout(found, few).play().verdict == "aborted"
    assert Rollout(found, enough).play().verdict == "promoted"


@pytest.mark.parametrize(("stable", "trial", "wanted"), [(0.3, 0.001, "promoted"), (0.001, 0.3, "aborted")])
def test_only_the_requests_of_the_version_on_trial_count(
    tmp_path: Path, stable: float, trial: float, wanted: str
) -> None:
    place = world("argo-rollouts", stable=Version(always(stable)), canary=Version(always(trial)))
    assert Rollout(canary(tmp_path, "argo-rollouts"), place).play().verdict == wanted


@pytest.mark.parametrize(
    ("happens", "wanted", "at"),
    [
        (mood(""), "promoted", 2 * STEP),
        # Data comes late, and is good: waited for, but never longer than another hold.
        (mood("empty", 0, STEP + 300), "promoted", 2 * STEP + 300),
        (mood("gone", 0, STEP + 300), "promoted", 2 * STEP + 300),
        (mood("empty"), "aborted", STEP + HOLD),
        (mood("nan"), "aborted", STEP + HOLD),
        (mood("gone"), "aborted", STEP + HOLD),
    ],
)
def test_missing_data_is_waited_for_where_the_spec_says_so(
    tmp_path: Path, happens: Callable[[float], str], wanted: str, at: float
) -> None:
    place = world("argo-rollouts", mood=happens)
    ended = Rollout(canary(tmp_path, "argo-rollouts", on_no_data="wait"), place).play()
    assert (ended.verdict, ended.at) == (wanted, at)


def test_who_waits_for_data_still_sees_what_is_bad(tmp_path: Path) -> None:
    place = world("argo-rollouts", canary=Version(errors=always(0.02)))
    ended = Rollout(canary(tmp_path, "argo-rollouts", on_no_data="wait"), place).play()
    assert ended.verdict == "aborted"


@pytest.mark.parametrize(("up", "wanted"), [(240.0, "promoted"), (math.inf, "aborted")])
def test_a_canary_that_does_not_come_up_goes_back(tmp_path: Path, up: float, wanted: str) -> None:
    place = world("argo-rollouts")
    ended = Rollout(canary(tmp_path, "argo-rollouts"), place, lambda now: now >= up).play()
    assert ended.verdict == wanted
    assert wanted == "promoted" or (ended.at <= 310 and place.harmed(ended.at) == 0)


def test_a_shadow_alone_is_judged_and_then_promoted(tmp_path: Path) -> None:
    shadow = {"strategy": "shadow", "shadow_first": "20m", "steps": None, "hold": None, "promote_if": None}
    found = canary(tmp_path, "argo-rollouts", **shadow)
    sound, broken = world("argo-rollouts"), world("argo-rollouts", canary=Version(errors=always(0.02)))
    assert Rollout(found, sound).play().verdict == "promoted"
    ended = Rollout(found, broken).play()
    assert (ended.verdict, broken.harmed(ended.at)) == ("aborted", 0)


def metric(**more: Any) -> dict[str, Any]:
    """Return a metric that is good below 1 and bad above 2."""
    return {
        "successCondition": "result[0] < 1",
        "failureCondition": "result[0] > 2",
        "interval": "10s",
        **more,
    }


@pytest.mark.parametrize(
    ("limits", "results", "wanted"),
    [
        # "The maximum number": exceeded by one more (analysis.go: failed > failureLimit).
        ({"failureLimit": 1, "count": 3}, [3, 3], "Failed"),
        ({"failureLimit": 1, "count": 3}, [3, 0, 0], "Successful"),
        ({"inconclusiveLimit": 1, "count": 3}, [1.5, 1.5], "Inconclusive"),
        # The trap: a count that is reached is a success, whatever was measured.
        ({"inconclusiveLimit": 3, "count": 3}, [1.5, 1.5, 1.5], "Successful"),
        ({"consecutiveErrorLimit": 2, "count": 1}, [None, None, None], "Error"),
        ({"consecutiveErrorLimit": 2, "count": 1}, [None, None, 0], "Successful"),
        # Four errors in a row by default, and the fifth is one too many.
        ({"count": 1}, [None] * 5, "Error"),
        ({"consecutiveSuccessLimit": 1, "failureLimit": 2}, [3, 3, 0], "Successful"),
        ({"consecutiveSuccessLimit": 1, "failureLimit": 2}, [3, 3, 3], "Failed"),
    ],
)
def test_limits_of_a_metric_mean_more_than(
    limits: dict[str, Any], results: list[float | None], wanted: str
) -> None:
    measured = Measured(metric(**limits, provider={"prometheus": {"query": "up"}}), 0.0)
    for number, result in enumerate(results):
        assert measured.phase in ("Pending", "Running")
        place = returns()
        place.ask = lambda *_asked, result=result: [] if result is None else [result]  # type: ignore[method-assign]
        measured.take(place, number * 10.0, {})
    assert measured.phase == wanted


def test_no_result_of_ours_is_inconclusive_or_an_error(tmp_path: Path) -> None:
    for wait in ("rollback", "wait"):
        found = canary(tmp_path / wait, "argo-rollouts", on_no_data=wait, shadow_first="20m")
        for template in [each for each in found if each["kind"] == "AnalysisTemplate"]:
            for each in template["spec"]["metrics"]:
                for result in ([], [math.nan], [math.inf], [-math.inf], [0.0], [0.01], [1.0], [1e9]):
                    assert measurement(each, result) in ("Failed", "Successful"), (each, result)


def test_copies_come_first_and_pods_follow_the_weight_after_them(tmp_path: Path) -> None:
    found = canary(tmp_path, "argo-rollouts", shadow_first="20m")
    steps = one(found, "Rollout")["spec"]["strategy"]["canary"]["steps"]
    assert [next(iter(each)) for each in steps] == [
        *("setCanaryScale", "setMirrorRoute", "analysis", "setMirrorRoute"),
        *("setWeight", "setCanaryScale", "analysis", "setWeight", "analysis"),
    ]
    scales = [each["setCanaryScale"] for each in steps if "setCanaryScale" in each]
    assert scales == [{"weight": 100}, {"matchTrafficWeight": True}]


def test_the_rollout_is_careful(tmp_path: Path) -> None:
    found = canary(tmp_path, "argo-rollouts")
    strategy = one(found, "Rollout")["spec"]["strategy"]["canary"]
    assert strategy["minPodsPerReplicaSet"] == 2 and strategy["dynamicStableScale"] is False
    assert strategy["scaleDownDelaySeconds"] == strategy["abortScaleDownDelaySeconds"] == 60
    assert {strategy["stableService"], strategy["canaryService"]} == {"churn-stable", "churn-canary"}
    (route,) = one(found, "VirtualService")["spec"]["http"]
    assert [each["weight"] for each in route["route"]] == [100, 0]
    for each in one(found, "DestinationRule")["spec"]["subsets"]:
        assert each["labels"] == {"app.kubernetes.io/name": "churn"}


def test_the_rollout_names_what_is_there(tmp_path: Path) -> None:
    found = canary(tmp_path, "argo-rollouts")
    spec = one(found, "Rollout")["spec"]
    assert spec["replicas"] == 4
    assert spec["strategy"]["canary"]["steps"][0] == {"setWeight": 10}
    assert "managedRoutes" not in spec["strategy"]["canary"]["trafficRouting"]
