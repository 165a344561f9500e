"""Killed in the middle, or two at once: the scores are the old ones or the new ones, never half."""

import glob
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engines.killing import killed, length, points
from tests.engines.scoring.world import OLD, World, expected

SECONDS = 60
# Half of the table is written, and the command waits for the file `go`.
HALF = """
with open(target, "w") as half:
    half.write("customer_id,prediction\\n5-0,1\\n")
Path("half").touch()
while not Path("go").exists():
    time.sleep(0.01)
"""


@pytest.fixture(autouse=True)
def gone(world: World) -> Iterator[None]:
    """Let nothing wait for ever where a test has failed."""
    yield
    (world.root / "go").touch()


def started(work: Callable[[], object]) -> int:
    """Do some work in a process of its own; return its id."""
    child = os.fork()
    if not child:
        code = 1
        try:
            os.setsid()
            code = int(str(work()))
        finally:
            os._exit(code)
    return child


def ended(child: int) -> int:
    """Return the exit code of a process, negative for a signal, once it has ended."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def waits(child: int) -> None:
    """Wait until a process waits for a lock (proc_locks(5): `->` is one that is not granted)."""
    deadline = time.monotonic() + SECONDS
    while not any(
        "->" in line and f" {child} " in line for line in Path("/proc/locks").read_text().splitlines()
    ):
        assert os.waitpid(child, os.WNOHANG) == (0, 0), "it did not wait"
        assert time.monotonic() < deadline
        time.sleep(0.01)


def appears(path: str) -> None:
    """Wait until there is a file."""
    deadline = time.monotonic() + SECONDS
    while not Path(path).exists():
        assert time.monotonic() < deadline, path
        time.sleep(0.01)


def test_killed_at_any_line_the_scores_are_old_or_new_and_the_next_run_is_whole(world: World) -> None:
    folder = Path(world.ops["score"].__file__ or "").parent
    work = world.ops["score"].main
    total = length(folder, work)
    assert world.scores == expected()
    seen = set()
    for last in points(total, 24):
        world.old()
        assert killed(folder, work, last)
        seen.add(world.scores)
        assert seen <= {OLD, expected()}, last
    assert seen == {OLD, expected()}
    world.old()
    assert world.score()["verdict"] == "scored"
    assert (world.scores, world.drafts) == (expected(), [])


def test_every_line_around_the_replacement(world: World) -> None:
    """Lines by chance miss the few that matter most: those of the module that puts the scores there."""
    folder = Path(world.ops["score"].__file__ or "").parent / "scoring_output.py"
    work = world.ops["score"].main
    total = length(folder, work)
    seen = []
    for last in range(1, total + 1):
        world.old()
        assert killed(folder, work, last)
        seen.append(world.scores)
    # First the old ones, from one line on the new ones.
    assert set(seen) == {OLD, expected()} and seen == sorted(seen, key=lambda found: found != OLD)


@pytest.mark.parametrize("whom", ["the program", "the command", "both"])
def test_killed_while_the_command_writes(world: World, monkeypatch: pytest.MonkeyPatch, whom: str) -> None:
    monkeypatch.setenv("MISDEED", f"Path('pid').write_text(str(os.getpid()))\n{HALF}")
    child = started(world.ops["score"].main)
    appears("half")
    assert (world.scores, world.drafts) == (OLD, [".scores.draft.csv"])
    if whom != "the command":
        os.kill(child, signal.SIGKILL)
        assert ended(child) == -signal.SIGKILL
    if whom != "the program":
        os.kill(int(Path("pid").read_text()), signal.SIGKILL)
    if whom == "the command":
        assert ended(child) == 2
        assert world.report("score")["reasons"][0].endswith(("exit code -9", "exit code 137"))
    assert world.scores == OLD
    monkeypatch.setenv("MISDEED", "")
    if whom != "the program":
        # Nobody holds the lock any more.
        assert world.score()["verdict"] == "scored"
        assert (world.scores, world.drafts) == (expected(), [])
        return
    # What was left behind still writes: the next run waits for its end, so that two never share a draft.
    after = started(world.ops["score"].main)
    waits(after)
    assert world.scores == OLD
    Path("go").touch()
    assert ended(after) == 0
    assert (world.scores, world.drafts) == (expected(), [])


def test_two_at_once_take_turns(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    entered = "log = open('log', 'a', buffering=1); log.write('in '); time.sleep(0.2)"
    monkeypatch.setenv("MISDEED", f"{entered}; log.write('out ')")
    children = [started(world.ops["score"].main) for _ in range(3)]
    assert [ended(child) for child in children] == [0, 0, 0]
    assert Path("log").read_text() == "in out " * 3
    assert (world.scores, world.drafts) == (expected(), [])


def test_a_reader_never_sees_half(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISDEED", HALF)
    child = started(world.ops["score"].main)
    appears("half")
    # A glob or a folder that is read meanwhile does not hold the draft.
    assert world.ops["tables"].find("data", "csv") == [
        "data/customers.csv",
        "data/score.csv",
        "data/scores.csv",
    ]
    assert glob.glob("data/*scores*") == ["data/scores.csv"]
    Path("go").touch()
    assert ended(child) == 0
    assert world.scores == expected()
