"""--watch as a process: a kill at any step loses nothing, a signal ends it, a second one is refused."""

import fcntl
import itertools
import os
import shutil
import signal
from typing import Any

import pytest

from tests.engines.great_expectations.watched import BAD, GOOD, Watched
from tests.engines.great_expectations.world import Repository


class KilledError(BaseException):
    """What kill -9 does: nothing after it runs."""


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", ["write_json", "replace", "rename", "judge"])
@pytest.mark.parametrize("turn", range(3))
def test_a_kill_at_any_step_loses_and_repeats_nothing(
    world: Watched, monkeypatch: pytest.MonkeyPatch, call: str, turn: int, after: bool
) -> None:
    texts = {"a.csv": GOOD, "b.csv": BAD, "c.csv": GOOD, "d.csv": BAD, "e.csv": BAD}
    for name, text in texts.items():
        world.put(name, text)
    owner: Any = {"write_json": world.watch, "judge": world}.get(call, os)
    real, counter = getattr(owner, call), itertools.count()

    def fatal(*given: Any) -> Any:
        mine = next(counter) == turn
        if mine and not after:
            raise KilledError
        result = real(*given)
        if mine:
            raise KilledError
        return result

    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(owner, call, fatal)
        world.run()
    world.run()
    assert world.names() == ["a.csv", "c.csv"]
    bad = ["b.csv", "d.csv", "e.csv"]
    assert world.names("quarantine") == sorted(bad + [f"{name}.report.json" for name in bad])
    assert all((world.folder / "quarantine" / name).read_text() == texts[name] for name in bad)
    assert len(world.judged) <= len(texts) + 1
    assert world.run() == {}


def test_once_exits_3_when_it_moved_a_file_and_leaves_a_report(
    repository: Repository, world: Watched
) -> None:
    world.put("a.csv", BAD)
    code, said = repository.run("--watch", "in", "--once", "--interval", "0")
    assert (code, said.splitlines()[-1]) == (3, "watch: blocked (blocked 1)")
    assert repository.report("watch")["figures"] == {"blocked": 1}
    assert "a.csv: blocked (rows 1, files 1, evaluated 1, failed 1)" in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_watch_cleanly(repository: Repository, world: Watched, number: int) -> None:
    world.put("a.csv", GOOD)
    with repository.start("--watch", "in", "--interval", "0.01") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("a.csv: passed")
        process.send_signal(number)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (0, "watch: passed (passed 1)\n", "")


def test_a_second_watcher_of_a_folder_is_refused(repository: Repository, world: Watched) -> None:
    handle = os.open(world.folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    code, said = repository.run("--watch", "in", "--once")
    os.close(handle)
    assert (code, said) == (2, "OSError: another process watches in\nwatch: error\n")


def test_a_folder_that_is_missing_is_an_error(repository: Repository, world: Watched) -> None:
    shutil.rmtree(world.folder)
    code, said = repository.run("--watch", "in", "--once")
    assert code == 2
    assert said.startswith("FileNotFoundError: ")
