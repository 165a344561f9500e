"""Flagger on our manifests: each end is the one that the spec says; a hold is an interval, and a verdict its end."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engines.providers.flagger import Canary
from tests.engines.providers.goldens import FLAGGER, canary, golden, one, world
from tests.engines.providers.world import Version, World, always

STEP = 630.0


def mood(kind: str, begin: float = 0, end: float = math.inf) -> Callable[[float], str]:
    """Return what Prometheus is at a time: for a while of this kind."""
    return lambda now: kind if begin <= now < end else ""


def test_a_sound_version_is_mirrored_held_and_promoted() -> None:
    names = {"canary": "search-ranking", "stable": "search-ranking-primary"}
    place = World(
        "search-ranking", names, canary=Version(always(0.001), always(0.001)), traffic=80, limit="0.5"
    )
    played = Canary(golden(FLAGGER), place)
    assert played.play().verdict == "promoted"
    assert [share for _, share in place.shares] == [0, 0, 0.1, 0.3, 0]
    assert [share for _, share in place.mirrored] == [0, 1, 0, 0, 0]
    assert list(dict.fromkeys(played.phases)) == ["Progressing", "Promoting", "Finalising", "Succeeded"]


def test_the_canary_names_what_is_there(tmp_path: Path) -> None:
    found = canary(tmp_path, "flagger")
    scaler = one(found, "HorizontalPodAutoscaler")
    assert (scaler["spec"]["minReplicas"], scaler["spec"]["maxReplicas"]) == (4, 4)
    assert "replicas" not in one(found, "Deployment")["spec"]
    spec = one(found, "Canary")["spec"]
    assert spec["autoscalerRef"]["name"] == scaler["metadata"]["name"]
    assert spec["targetRef"]["name"] == one(found, "Deployment")["metadata"]["name"]


def test_a_hold_is_an_interval(tmp_path: Path) -> None:
    place = world("flagger")
    Canary(canary(tmp_path, "flagger"), place).play()
    held = [at for at, share in place.shares if share]
    # What settles, and the hold; each check looks back at the hold alone.
    assert held[1] - held[0] == STEP
    assert {
        each["interval"] for each in one(canary(tmp_path, "flagger"), "Canary")["spec"]["analysis"]["metrics"]
    } == {"600s"}


@pytest.mark.parametrize(
    ("version", "wanted"),
    [
        (Version(), "promoted"),
        (Version(errors=always(0.01)), "promoted"),
        (Version(errors=always(0.011)), "rolled back"),
        (Version(slow=always(0.05)), "promoted"),
        (Version(slow=always(0.06)), "rolled back"),
        (Version(errors=always(1)), "rolled back"),
        (Version(errors=lambda now: 0.3 if now < 60 else 0), "rolled back"),
        (Version(errors=lambda now: 0.05 if now < 60 else 0), "promoted"),
        (Version(errors=lambda now: 0.03 if now > 700 else 0), "rolled back"),
    ],
)
def test_a_version_ends_as_its_requests_say(tmp_path: Path, version: Version, wanted: str) -> None:
    place = world("flagger", canary=version)
    ended = Canary(canary(tmp_path, "flagger"), place).play()
    assert ended.verdict == wanted
    assert place.share(ended.at) == 0


@pytest.mark.parametrize(
    ("happens", "wanted"),
    [
        (mood("nan"), "rolled back"),
        (mood("empty"), "rolled back"),
        (mood("gone"), "rolled back"),
        (mood("gone", 2 * STEP - 10, 2 * STEP + 10), "rolled back"),
        (mood("gone", STEP + 60, 2 * STEP - 60), "promoted"),
    ],
)
def test_a_check_without_a_value_has_failed(
    tmp_path: Path, happens: Callable[[float], str], wanted: str
) -> None:
    assert Canary(canary(tmp_path, "flagger"), world("flagger", mood=happens)).play().verdict == wanted


def test_a_failed_check_is_acted_on_one_interval_later(tmp_path: Path) -> None:
    place = world("flagger", canary=Version(errors=always(0.5)))
    played = Canary(canary(tmp_path, "flagger"), place)
    # Seen at 0, the first share at 1, checked at 2, back at 3.
    assert (played.play().at, played.failed) == (3 * STEP, 1)


def test_too_few_requests_are_no_value(tmp_path: Path) -> None:
    found = canary(tmp_path, "flagger")
    verdicts = [Canary(found, world("flagger", traffic=rate)).play().verdict for rate in (8, 9)]
    assert verdicts == ["rolled back", "promoted"]


@pytest.mark.parametrize(
    ("stable", "trial", "wanted"), [(0.3, 0.001, "promoted"), (0.001, 0.3, "rolled back")]
)
def test_only_the_requests_of_the_version_on_trial_count(
    tmp_path: Path, stable: float, trial: float, wanted: str
) -> None:
    place = world("flagger", stable=Version(always(stable)), canary=Version(always(trial)))
    assert Canary(canary(tmp_path, "flagger"), place).play().verdict == wanted


@pytest.mark.parametrize(("up", "wanted"), [(60.0, "promoted"), (math.inf, "rolled back")])
def test_a_canary_that_does_not_come_up_goes_back(tmp_path: Path, up: float, wanted: str) -> None:
    place = world("flagger")
    ended = Canary(canary(tmp_path, "flagger"), place, lambda now: now >= up).play()
    assert ended.verdict == wanted
    assert wanted == "promoted" or place.harmed(ended.at) == 0


def test_a_shadow_alone_is_judged_before_anybody_meets_it(tmp_path: Path) -> None:
    shadow = {"strategy": "shadow", "shadow_first": "20m", "steps": None, "hold": None, "promote_if": None}
    found = canary(tmp_path, "flagger", **shadow)
    assert Canary(found, world("flagger")).play().verdict == "promoted"
    broken = world("flagger", canary=Version(errors=always(0.02)))
    ended = Canary(found, broken).play()
    assert (ended.verdict, broken.harmed(ended.at)) == ("rolled back", 0)
