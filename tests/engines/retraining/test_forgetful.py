"""Machines that forget their files: what was cut off there begins again, with its data first."""

import pytest

from tests.engines.retraining.world import STEPS, World

KEPT = ["fetch", "pipeline", "pipeline", "register", "promote"]
FORGOTTEN = ["fetch", "pipeline", "fetch", "pipeline", "register", "promote"]


@pytest.mark.parametrize(("forgets", "calls"), [(None, KEPT), (True, FORGOTTEN)])
def test_what_was_cut_off_begins_again_where_files_are_gone(
    world: World, forgets: bool | None, calls: list[str]
) -> None:
    world.configure(forgets=forgets)
    world.failures = {"pipeline": 1}
    assert world.verdict("webhook", "1") == "error"
    assert world.state()["running"]["done"] == ["fetch"]
    assert world.verdict() == "trained"
    assert world.calls == calls


def test_the_event_of_what_was_cut_off_is_dealt_with_once(world: World) -> None:
    world.configure(forgets=True)
    world.failures = {"register": 1}
    assert world.verdict("webhook", "1") == "error"
    assert world.verdict("webhook", "1") == "trained"
    assert world.verdict("webhook", "1") == "not due"
    assert len(world.trained) == len(world.versions) == 1


def test_data_comes_before_all_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(World, "_pull", lambda _self: ("done", {}), raising=False)
    world.configure(forgets=True, steps=["pull", *STEPS])
    world.failures = {"pipeline": 1}
    assert world.verdict("webhook", "1") == "error"
    assert world.verdict() == "trained"
    assert world.calls == ["pull", "fetch", "pipeline", "pull", *STEPS]
