"""--watch: each file is judged once, bad ones are moved, and a kill at any step loses nothing."""

import fcntl
import itertools
import json
import os
import shutil
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.engines.great_expectations.world import Repository, expect

GOOD, BAD = "age\n30\n", "age\n7\n"


class KilledError(BaseException):
    """What kill -9 does: nothing after it runs."""


class World:
    """A watched folder, a warm judge that counts, and looks that a test asks for."""

    def __init__(self, repository: Repository) -> None:
        adult = expect("column_values_to_be_between", column="age", min_value=18)
        validator = repository.ops["validate"].Validator(repository.suite(adult))
        self.validator, self.watch, self.folder = validator, repository.ops["watch"], repository.root / "in"
        self.folder.mkdir()
        self.judged: list[str] = []

    def judge(self, files: list[str]) -> Any:
        self.judged += [Path(file).name for file in files]
        return self.validator.judge(files, self.validator.quick)

    def put(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def run(self) -> dict[str, int]:
        """Start anew, settle what is there, and end."""
        inbox = self.watch.Inbox(self.folder, "csv", self.judge)
        return dict(self.watch.serve(inbox, threading.Event(), 0, True))

    def names(self, below: str = ".") -> list[str]:
        folder = self.folder / below
        return sorted(file.name for file in folder.iterdir() if file.is_file() and file.name[0] != ".")


@pytest.fixture
def world(repository: Repository) -> World:
    return World(repository)


def test_good_files_stay_and_bad_ones_move_beside_their_report(world: World) -> None:
    world.put("a.csv", GOOD)
    world.put("b.csv", BAD)
    assert world.run() == {"passed": 1, "blocked": 1}
    assert (world.names(), world.names("quarantine")) == (["a.csv"], ["b.csv", "b.csv.report.json"])
    report = json.loads((world.folder / "quarantine/b.csv.report.json").read_text())
    assert report["reasons"] == ["age: 1 of 1 values (100%) are not at least 18: 7"]
    assert (world.folder / "quarantine/b.csv").read_text() == BAD


def test_a_restart_repeats_nothing(world: World) -> None:
    world.put("a.csv", GOOD)
    world.put("b.csv", BAD)
    world.run()
    assert world.run() == {}
    assert world.judged == ["a.csv", "b.csv"]


def test_a_file_delivered_again_with_other_content_is_judged_again(world: World) -> None:
    world.put("a.csv", GOOD)
    world.run()
    times = os.stat(world.folder / "a.csv")
    world.put("a.csv", "age\n07\n")
    os.utime(world.folder / "a.csv", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert world.run() == {"blocked": 1}


def test_a_file_that_was_only_touched_is_not_judged_again(world: World) -> None:
    world.put("a.csv", GOOD)
    world.run()
    os.utime(world.folder / "a.csv", ns=(0, 0))
    assert (world.run(), world.run()) == ({"unchanged": 1}, {})
    assert world.judged == ["a.csv"]


def test_a_file_that_left_and_came_back_is_judged_again(world: World) -> None:
    for _ in range(2):
        world.put("a.csv", GOOD)
        world.run()
        (world.folder / "a.csv").unlink()
        world.run()
    assert world.judged == ["a.csv", "a.csv"]


def test_hidden_and_unfinished_names_and_other_kinds_are_left_alone(world: World) -> None:
    for name in (".a.csv", "a.csv.tmp", "a.csv.part", "a.txt"):
        world.put(name, BAD)
    assert world.run() == {}
    assert not (world.folder / "quarantine").exists()


def test_a_file_that_still_grows_waits(world: World) -> None:
    inbox = world.watch.Inbox(world.folder, "csv", world.judge)
    look, texts = inbox.look, itertools.accumulate(["age\n", "3", "0\n"])

    def growing() -> Any:
        world.put("a.csv", next(texts))
        return look()

    inbox.look = growing
    assert world.watch.serve(inbox, threading.Event(), 0, True) == {}
    assert world.judged == []


def test_a_file_written_while_it_is_judged_is_judged_anew(world: World) -> None:
    def slow(files: list[str]) -> Any:
        outcome = world.judge(files)
        world.put("a.csv", BAD + "8\n")
        return outcome

    world.put("a.csv", GOOD)
    inbox = world.watch.Inbox(world.folder, "csv", slow)
    assert world.watch.serve(inbox, threading.Event(), 0, True) == {"changed": 1}
    assert world.names() == ["a.csv"]
    assert world.run() == {"blocked": 1}


def test_equal_names_in_quarantine_overwrite_nothing(world: World) -> None:
    texts = [BAD, "age\n8\n", BAD]
    for text in texts:
        world.put("a.csv", text)
        world.run()
    files = [world.folder / "quarantine" / name for name in ("a.csv", "a-2.csv", "a-3.csv")]
    assert [file.read_text() for file in files] == texts
    assert all(file.with_name(f"{file.name}.report.json").exists() for file in files)


def test_a_report_that_is_not_ours_is_not_overwritten(world: World) -> None:
    (world.folder / "quarantine").mkdir()
    world.put("quarantine/a.csv.report.json", "mine")
    world.put("a.csv", BAD)
    world.run()
    assert (world.folder / "quarantine/a.csv.report.json").read_text() == "mine"
    assert "a-2.csv" in world.names("quarantine")


def test_a_malformed_file_goes_to_quarantine(world: World) -> None:
    world.put("a.csv", 'age\n"30\n')
    assert world.run() == {"blocked": 1}


def test_a_file_that_cannot_be_read_stays_and_is_not_tried_without_end(world: World) -> None:
    def refusing(files: list[str]) -> Any:
        world.judged += files
        raise PermissionError(13, "Permission denied")

    world.put("a.csv", GOOD)
    inbox, stop = world.watch.Inbox(world.folder, "csv", refusing), threading.Event()
    assert world.watch.serve(inbox, stop, 0, True) == {"unreadable": 1}
    assert world.watch.serve(inbox, stop, 0, True) == {}
    assert (len(world.judged), world.names()) == (1, ["a.csv"])


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", ["write_json", "replace", "rename", "judge"])
@pytest.mark.parametrize("turn", range(3))
def test_a_kill_at_any_step_loses_and_repeats_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, call: str, turn: int, after: bool
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


def test_once_exits_3_when_it_moved_a_file_and_leaves_a_report(repository: Repository, world: World) -> None:
    world.put("a.csv", BAD)
    code, said = repository.run("--watch", "in", "--once", "--interval", "0")
    assert (code, said.splitlines()[-1]) == (3, "watch: blocked (blocked 1)")
    assert repository.report("watch")["figures"] == {"blocked": 1}
    assert "a.csv: blocked (rows 1, files 1, evaluated 1, failed 1)" in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_watch_cleanly(repository: Repository, world: World, number: int) -> None:
    world.put("a.csv", GOOD)
    with repository.start("--watch", "in", "--interval", "0.01") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("a.csv: passed")
        process.send_signal(number)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (0, "watch: passed (passed 1)\n", "")


def test_a_second_watcher_of_a_folder_is_refused(repository: Repository, world: World) -> None:
    handle = os.open(world.folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    code, said = repository.run("--watch", "in", "--once")
    os.close(handle)
    assert (code, said) == (2, "OSError: another process watches in\nwatch: error\n")


def test_a_folder_that_is_missing_is_an_error(repository: Repository, world: World) -> None:
    shutil.rmtree(world.folder)
    code, said = repository.run("--watch", "in", "--once")
    assert code == 2
    assert said.startswith("FileNotFoundError: ")


def test_a_watcher_keeps_no_results(world: World) -> None:
    for _ in range(5):
        world.put("a.csv", GOOD)
        world.run()
        (world.folder / "a.csv").unlink()
    assert world.validator.context.validation_results_store.list_keys() == []
