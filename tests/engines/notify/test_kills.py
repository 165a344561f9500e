"""A message whose program is killed at any line, and told again: it arrives, at most once more."""

from pathlib import Path

from tests.engines.killing import killed, length, points
from tests.engines.notify.conftest import Desk
from tests.engines.notify.sinks import Http


def test_killed_anywhere_and_called_again_people_are_told(desk: Desk, http: Http) -> None:
    folder = Path(str(desk.ops["notify"].__file__)).parent
    # A claim of a killed run ends with its patience.
    desk.patience = {"limit": 5.0}
    lines = length(folder, lambda: desk.tell("--key", "first"))
    deaths, twice = 0, 0
    for number, last in enumerate(points(lines)):
        http.came.clear()
        desk.now += 3601
        key = f"key {number}"
        deaths += killed(folder, lambda key=key: desk.tell("--key", key, title=key), last)
        before = len(http.came)
        desk.tell("--key", key, title=key)
        assert len(http.came) <= max(1, before), "not twice while the first may be on its way"
        desk.now += 6
        desk.tell("--key", key, title=key)
        assert [body["text"].splitlines()[0] for _, body in http.came] in (
            [f"*[info] churn: {key}*"], [f"*[info] churn: {key}*"] * 2,
        )  # fmt: skip
        twice += len(http.came) == 2
        desk.now += 6
        again = len(http.came)
        desk.tell("--key", key, title=key)
        assert len(http.came) == again
    assert deaths >= 98
    assert twice < deaths / 2, "only between sending and noting it"
