"""`make ab-test`: the page and the report that it leaves, and what it hands to whoever shifts the traffic."""

import json
import sys
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.engines.ab_test.world import DAY, SINCE, World

ODD = "<script>alert(1)</script>"


@pytest.fixture
def told(world: World, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Return what is handed to the cluster, where version 8 is tested since SINCE."""
    monkeypatch.delenv("START")
    heard: list[tuple[str, ...]] = []
    there = SimpleNamespace(
        course=lambda: SimpleNamespace(version="8", testing=SINCE),
        decide=lambda *decision: heard.append(decision),
    )
    monkeypatch.setitem(sys.modules, "stepped", SimpleNamespace(stepwise=lambda _config: there))
    return heard


def test_a_decision_is_handed_to_the_controller(world: World, told: list[tuple[str, ...]]) -> None:
    world.people()
    world.arrive()
    report = world.command()
    assert told == [("8", "promote", report["reasons"][0])]


def test_nothing_is_handed_on_before_there_is_a_decision(world: World, told: list[tuple[str, ...]]) -> None:
    assert world.command(days=1)["verdict"] == "running"
    assert not told


def test_a_dry_look_hands_nothing_on(
    world: World, told: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.people()
    world.arrive()
    monkeypatch.setenv("DRY", "1")
    assert world.command()["verdict"] == "promote"
    assert not told


def test_without_a_test_there_is_nothing_to_look_at(
    world: World, told: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = SimpleNamespace(course=lambda: SimpleNamespace(version="", testing=0.0))
    monkeypatch.setitem(sys.modules, "stepped", SimpleNamespace(stepwise=lambda _config: there))
    assert world.command()["verdict"] == "skipped"
    assert not told


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("START", "yesterday", "START='yesterday' is no time"), ("VERSION", "8; ls", "say which version")],
)
def test_what_is_no_time_and_no_version_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    report = world.command()
    assert (report["verdict"], said in report["reasons"][0]) == ("error", True)


def figures(page: str) -> list[Any]:
    return list(ElementTree.fromstring(page.partition("\n")[2]).iter("figure"))


def test_the_page_shows_the_verdict_and_its_plots(world: World) -> None:
    world.test = {"looks": 4, "margin": {"relative": 0.05}}
    world.people()
    world.arrive()
    report = world.command()
    page = world.page()
    assert "Version 8 is better by more than 5%: churned is " in page
    heads = [each.findtext("h2") for each in figures(page)]
    assert heads == [
        "churned in each arm",
        "Difference of the treatment, relative to the control",
        "Difference so far",
        "Sample of each arm",
    ]
    assert all(each.find("svg") is not None for each in figures(page))
    assert "fine (p = 1)" in page and "share of requests that fail" in page
    assert [each["verdict"] for each in report["results"]][-1] == "not taken"
    assert json.dumps(report).count("NaN") == 0


def test_a_page_without_a_look_says_when_there_is_one(world: World) -> None:
    world.command(days=1)
    assert not figures(world.page())
    assert "Version 8 is tested: look 1 of 1 is due at" in world.page()


def test_nothing_of_the_data_becomes_a_part_of_the_page(world: World) -> None:
    world.kind = "string"
    world.test = {"metric": "accuracy", "better": "higher", "experiment": ODD}
    world.people()
    rows = [{"at": DAY, "id": ODD, "arm": "control", "answer": ODD}] * 40
    world.log(ODD, rows)
    world.arrive(world.outcomes | {ODD: ODD})
    world.command()
    assert ODD not in world.page()
    assert "&lt;script&gt;" in world.page()
    ElementTree.fromstring(world.page().partition("\n")[2])


def test_an_old_page_does_not_stay(world: World) -> None:
    world.command(days=1)
    assert world.command(days=5.1)["verdict"] == "error"
    assert not (world.root / "reports/ab-test.html").exists()


def test_whoever_looks_leaves_the_page_and_the_report(world: World) -> None:
    """A deployment that finds the test in its way looks at it, too."""
    world.people()
    world.arrive(world.outcomes)
    found, outcome = world.ops["ab_seen"].seen(world.settings(), "8", SINCE, SINCE + 5.1 * DAY)
    kept = json.loads((world.root / "reports/ab-test.json").read_text())
    assert found.verdict == outcome.verdict == kept["verdict"] != "running"
    assert kept["step"] == "ab-test"
    assert found.reasons[0][1:] in world.page()
