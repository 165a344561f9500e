"""`make simulate-canary`: what it takes, what it refuses, and what it leaves to read."""

import json
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.engines.simulation.played import of

VARIABLES = (
    "ERRORS",
    "STABLE_ERRORS",
    "LATENCY",
    "STARTUP",
    "TRAFFIC",
    "RUNS",
    "SEED",
    "MLOPS_ENV",
    "GITHUB_OUTPUT",
)
Command = Callable[..., dict[str, Any]]


@pytest.fixture
def simulate(ops: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Call the command in a repository with variables; return its report."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["simulate_canary.py"])
    Path("config").mkdir()
    Path("config/staging.json").write_text("{}")
    Path("config/production.json").write_text(json.dumps(of("churn").settings))

    def call(**variables: str) -> dict[str, Any]:
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        code = ops.simulate_canary.main()
        found: dict[str, Any] = json.loads(Path("reports/simulate-canary.json").read_text())
        assert code == (2 if found["verdict"] == "error" else 0)
        return found

    return call


def page() -> str:
    return Path("reports/simulate-canary.html").read_text("utf-8")


def test_a_sound_version_is_promoted_and_a_bad_one_is_not(simulate: Command) -> None:
    good = simulate(ERRORS="0.1%", RUNS="12")
    assert (good["verdict"], good["figures"]["promoted"]) == ("done", 1.0)
    assert ">promoted</span>" in page() and "rolled back:" not in page()
    bad = simulate(ERRORS="5%", RUNS="12")
    assert bad["figures"]["promoted"] == 0.0
    assert "rolled back: too many errors: 12 of 12" in bad["reasons"]
    # It is gone after some twenty errors, long before the sound one has had its time.
    assert bad["figures"]["failed"] < 40
    assert bad["figures"]["seconds"] < good["figures"]["seconds"] / 3


def test_the_page_is_whole_and_loads_nothing(simulate: Command) -> None:
    simulate(ERRORS="0.8%", RUNS="20")
    text = page()
    drawn = [ET.fromstring(each) for each in re.findall(r"<svg.*?</svg>", text, re.DOTALL)]
    assert len(drawn) == 5
    assert all(len(each) > 3 for each in drawn)
    assert not re.search(r"https?://|src=|<script|@import|url\(", text)
    assert "NaN" not in text and "nan%" not in text


def test_the_same_seed_has_the_same_chances(simulate: Command) -> None:
    first = simulate(ERRORS="0.9%", RUNS="6", SEED="4"), page()
    assert (simulate(ERRORS="0.9%", RUNS="6", SEED="4"), page()) == first
    assert simulate(ERRORS="0.9%", RUNS="6", SEED="5") != first[0]


def test_the_curve_falls(simulate: Command) -> None:
    found = [each["promoted"] for each in simulate(RUNS="1")["results"]]
    assert found[0] == 1.0 and found[-1] == 0.0
    assert all(later <= before + 0.05 for before, later in pairwise(found))


def test_a_slow_version_is_too_slow(simulate: Command) -> None:
    settings = of("slow").settings
    Path("config/production.json").write_text(json.dumps(settings))
    assert "rolled back: too slow: 5 of 5" in simulate(LATENCY="300ms", RUNS="5")["reasons"]
    assert simulate(LATENCY="100ms", RUNS="5")["figures"]["promoted"] == 1.0


def test_few_requests_are_no_verdict(simulate: Command) -> None:
    reasons = simulate(TRAFFIC="5/s", ERRORS="0", RUNS="5")["reasons"]
    assert "rolled back: too few requests: 5 of 5" in reasons


def test_who_waits_in_vain_runs_out_of_time(simulate: Command) -> None:
    Path("config/production.json").write_text(json.dumps(of("waits").settings))
    reasons = simulate(TRAFFIC="5/m", ERRORS="0", RUNS="2")["reasons"]
    assert "rolled back: out of time: 2 of 2" in reasons


def test_harm_is_what_stable_would_not_have_done(simulate: Command) -> None:
    same = simulate(ERRORS="0.4%", STABLE_ERRORS="0.4%", RUNS="30")["figures"]
    assert abs(same["harmed"]) < 0.1 * same["failed"]
    worse = simulate(ERRORS="0.4%", STABLE_ERRORS="0%", RUNS="30")["figures"]
    assert worse["harmed"] == worse["failed"] == same["failed"]


def test_nobody_is_harmed_by_a_copy(simulate: Command) -> None:
    Path("config/production.json").write_text(json.dumps(of("copies").settings))
    found = simulate(ERRORS="60%", RUNS="3")["figures"]
    assert (found["promoted"], found["requests"], found["failed"]) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("ERRORS=2", "ERRORS=2 is not a share: write it as 2%, or as 0.02"),
        ("ERRORS=two", "ERRORS=two is not a share: write it as 2%, or as 0.02"),
        ("ERRORS=120%", "ERRORS=120% is not a share: there are no more than 100%"),
        ("STABLE_ERRORS=-1%", "STABLE_ERRORS=-1% is not a share: write it as 2%, or as 0.02"),
        ("TRAFFIC=20", "TRAFFIC=20 is not a rate: write it as 20/s, 5/m or 100/h"),
        ("TRAFFIC=0/s", "TRAFFIC=0/s is not a rate: write it as 20/s, 5/m or 100/h"),
        ("LATENCY=150", "LATENCY=150 is not a time: write it as 150ms or 2s"),
        ("STARTUP=0s", "STARTUP=0s is not a time: write it as 150ms or 2s"),
        ("RUNS=0", "RUNS=0 is not a number of runs from 1 to 10,000"),
        ("RUNS=1e9", "RUNS=1e9 is not a number of runs from 1 to 10,000"),
        ("SEED=x", "SEED=x is not a whole number"),
        (
            "MLOPS_ENV=staging",
            "in this environment ops/rollout.py leads no rollout: set MLOPS_ENV to one where it does",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(simulate: Command, variable: str, words: str) -> None:
    name, _, value = variable.partition("=")
    found = simulate(**{name: value})
    assert (found["verdict"], found["reasons"]) == ("error", [f"ValueError: {words}"])


def test_an_ab_test_is_not_played_and_said_to_be_not(simulate: Command) -> None:
    """Whoever has come through all steps has come as far as a model of requests can tell."""
    without = simulate(ERRORS="0.1%", RUNS="4")
    settings = of("churn").settings
    test = {"share": 0.1, "seconds": 1_209_600, "slack_seconds": 604_800, "guardrails": {}, "header": "x"}
    tested = {**settings, "rollout": {**settings["rollout"], "ab_test": test}}
    Path("config/production.json").write_text(json.dumps(tested))
    found = simulate(ERRORS="0.1%", RUNS="4")
    assert found["figures"] == without["figures"]
    (line,) = set(found["reasons"]) - set(without["reasons"])
    assert line.startswith("The A/B test after the last step is not played")
    assert line.endswith("Promoted means here that a version reaches it.")
    assert "The A/B test after the last step is not played" in page()


def test_traffic_that_nobody_has_told_is_asked_for(simulate: Command) -> None:
    settings = of("churn").settings
    silent = {"model": "churn", "replicas": 3}
    Path("config/production.json").write_text(json.dumps({**settings, "simulation": silent}))
    assert simulate()["reasons"][0].startswith("ValueError: TRAFFIC is not known: give it, as TRAFFIC=20/s")
    assert simulate(TRAFFIC="20/s", RUNS="1")["verdict"] == "done"


def test_of_several_rollouts_one_is_chosen(simulate: Command) -> None:
    Path("config/staging.json").write_text(json.dumps(of("churn").settings))
    assert simulate()["reasons"] == [
        "ValueError: there are rollouts in production and staging: set MLOPS_ENV to one of them"
    ]
    assert simulate(MLOPS_ENV="staging", RUNS="1")["verdict"] == "done"
