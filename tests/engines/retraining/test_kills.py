"""A retraining that is killed at any point, and called again: consistent, and trained once."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engines.killing import interrupted, length, points
from tests.engines.retraining.world import Killed, World

SPEC = {"triggers": {"webhook": True, "drift": True, "new_records": {"above": 5}}, "cooldown_seconds": 60}


class Points:
    """Counts the points at which a process may be killed, and kills it at one of them."""

    def __init__(self, deadly: int) -> None:
        self.left, self.last = deadly, ""

    def __call__(self, point: str) -> None:
        self.last = point
        self.left -= 1
        if self.left == 0:
            raise Killed(point)


def armed(world: World, points: Points, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the steps, and each write of the state, pass through points."""
    world.at = points
    state, write = world.ops["state"], world.ops["verdict"].write_json

    def writing(path: object, value: object) -> None:
        points("before the state")
        write(path, value)
        points("after the state")

    monkeypatch.setattr(state, "write_json", writing)


def begun(world: World, number: int) -> None:
    """Begin anew, with a model in use and new data waiting."""
    world.configure(**SPEC)
    for name in ("reports", "data", "incoming", ".mlops"):
        for file in (world.root / name).glob("*"):
            file.unlink()
    world.at, world.gate = lambda _point: None, "passed"
    for made in (world.trained, world.versions, world.promoted):
        made.clear()
    world.arrive(f"first-{number}.csv", 10)
    assert world.verdict("webhook", "0") == "trained"
    world.now += 3600
    world.arrive(f"second-{number}.csv", 10, 1000)
    world.drift()


def killed_at_each_point(
    world: World, monkeypatch: pytest.MonkeyPatch, check: Callable[[str], None], gate: str = "passed"
) -> list[str]:
    """Kill a call at its first point, its second, ... and check each time; return the points."""
    points = []
    for number in itertools.count(1):
        with monkeypatch.context() as patch:
            begun(world, number)
            world.gate = gate
            armed(world, point := Points(number), patch)
            try:
                world.verdict("webhook", "1")
            except Killed:
                points.append(point.last)
            else:
                return points
        world.at = lambda _point: None
        check(point.last)
    return points


def test_killed_anywhere_and_called_again_it_trains_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(point: str) -> None:
        verdict = world.verdict("webhook", "1")
        # Killed after its very last write, it was done: only its report is missing.
        assert verdict == "trained" or (verdict == "not due" and point == "after the state"), point
        assert (len(world.trained), len(world.versions), world.promoted) == (2, 2, [1, 2]), point
        state = world.state()
        assert "running" not in state and state["counted"] == {}
        assert len(state["events"]) == len(set(state["events"])) == 5
        assert world.verdict("webhook", "1") == "not due"
        assert world.verdict() == "not due"

    points = killed_at_each_point(world, monkeypatch, check)
    assert len(points) == 26
    assert {"before fetch", "pipeline without its report", "after promote", "before the state"} <= set(points)


def test_a_call_without_a_trigger_finishes_what_was_begun(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(point: str) -> None:
        (world.root / "reports" / "drift.json").unlink()
        verdict = world.verdict()
        assert verdict in ("trained", "not due"), point
        assert (len(world.trained), world.promoted[-1]) == (2, 2), point

    killed_at_each_point(world, monkeypatch, check)


def test_an_event_that_joins_what_was_cut_off_has_its_data_trained_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(point: str) -> None:
        world.now += 3600
        world.arrive("third.csv", 10, 2000)
        assert world.verdict("webhook", "2") == "trained", point
        assert "2009" in world.trained[-1] and "1009" in world.trained[-1]
        assert world.promoted[-1] == len(world.versions)
        assert world.verdict("webhook", "2") == "not due"

    killed_at_each_point(world, monkeypatch, check)


def test_a_refusal_that_was_cut_off_stays_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(point: str) -> None:
        verdict = world.verdict("webhook", "1")
        assert verdict == "refused" or (verdict == "not due" and point == "after the state"), point
        assert world.promoted == [1]
        assert world.verdict("webhook", "1") == "not due"

    killed_at_each_point(world, monkeypatch, check, "refused")


def test_killed_at_a_hundred_lines_it_trains_once(world: World) -> None:
    folder = Path(str(world.ops["retrain"].__file__)).parent

    def call() -> str:
        return world.verdict("webhook", "1")

    begun(world, 0)
    lines, deaths = length(folder, call), 0
    for number, last in enumerate(points(lines), 1):
        begun(world, number)
        deaths += interrupted(folder, call, last)
        assert call() in ("trained", "not due")
        trained = (len(world.trained), len(world.versions), world.promoted)
        assert trained == (2, 2, [1, 2]), f"killed at line {last} of {lines}"
        assert "running" not in world.state()
        assert call() == world.verdict() == "not due"
    assert deaths >= 98
