"""A drift check that is killed at any line, and run again, says what it would have said."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tests.engines.killing import killed, length, points
from tests.engines.scipy.world import KS, World, normal


def test_killed_anywhere_and_run_again_it_says_the_same(world: World) -> None:
    world.reference(age=normal(600), plan=["a", "b"] * 300)
    world.tests(KS, {"columns": ["plan"], "method": "chi2", "p_value": 0.05})
    # The page says when it was made.
    check = partial(world.check, now=datetime(2026, 6, 30, tzinfo=UTC))
    folder = Path(str(world.ops["drift"].__file__)).parent
    world.arrive("first.csv", age=normal(600, seed=1), plan=["a", "b"] * 300)
    assert check()["verdict"] == "no drift"
    remembered = world.read(".mlops/drift.json")
    world.arrive("second.csv", age=normal(700, 1.0, seed=2), plan=["a", "b"] * 350)
    lines = length(folder, check)
    wanted, page = world.read("reports/drift.json"), world.read("reports/drift.html")
    looked_at = world.read(".mlops/drift.json")
    deaths = 0
    for last in points(lines):
        world.write(".mlops/drift.json", remembered)
        deaths += killed(folder, check, last)
        report = world.root / "reports/drift.json"
        assert not report.exists() or report.read_text() == wanted, "no report, or all of it"
        check()
        assert world.read("reports/drift.json") == wanted, f"killed at line {last} of {lines}"
        assert (world.read("reports/drift.html"), world.read(".mlops/drift.json")) == (page, looked_at)
    assert deaths >= 98
