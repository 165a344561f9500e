"""--watch: each file is judged once, good ones stay, bad ones are moved, nothing is overwritten."""

import itertools
import json
import os
import threading
from typing import Any

from tests.engines.great_expectations.watched import BAD, GOOD, Watched


def test_good_files_stay_and_bad_ones_move_beside_their_report(world: Watched) -> None:
    world.put("a.csv", GOOD)
    world.put("b.csv", BAD)
    assert world.run() == {"passed": 1, "blocked": 1}
    assert (world.names(), world.names("quarantine")) == (["a.csv"], ["b.csv", "b.csv.report.json"])
    report = json.loads((world.folder / "quarantine/b.csv.report.json").read_text())
    assert report["reasons"] == ["age: 1 of 1 values (100%) are not at least 18: 7"]
    assert (world.folder / "quarantine/b.csv").read_text() == BAD


def test_a_restart_repeats_nothing(world: Watched) -> None:
    world.put("a.csv", GOOD)
    world.put("b.csv", BAD)
    world.run()
    assert world.run() == {}
    assert world.judged == ["a.csv", "b.csv"]


def test_a_file_delivered_again_with_other_content_is_judged_again(world: Watched) -> None:
    world.put("a.csv", GOOD)
    world.run()
    times = os.stat(world.folder / "a.csv")
    world.put("a.csv", "age\n07\n")
    os.utime(world.folder / "a.csv", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert world.run() == {"blocked": 1}


def test_a_file_that_was_only_touched_is_not_judged_again(world: Watched) -> None:
    world.put("a.csv", GOOD)
    world.run()
    os.utime(world.folder / "a.csv", ns=(0, 0))
    assert (world.run(), world.run()) == ({"unchanged": 1}, {})
    assert world.judged == ["a.csv"]


def test_a_file_that_left_and_came_back_is_judged_again(world: Watched) -> None:
    for _ in range(2):
        world.put("a.csv", GOOD)
        world.run()
        (world.folder / "a.csv").unlink()
        world.run()
    assert world.judged == ["a.csv", "a.csv"]


def test_hidden_and_unfinished_names_and_other_kinds_are_left_alone(world: Watched) -> None:
    for name in (".a.csv", "a.csv.tmp", "a.csv.part", "a.txt"):
        world.put(name, BAD)
    assert world.run() == {}
    assert not (world.folder / "quarantine").exists()


def test_a_file_that_still_grows_waits(world: Watched) -> None:
    inbox = world.watch.Inbox(world.folder, "csv", world.judge)
    look, texts = inbox.look, itertools.accumulate(["age\n", "3", "0\n"])

    def growing() -> Any:
        world.put("a.csv", next(texts))
        return look()

    inbox.look = growing
    assert world.watch.serve(inbox, threading.Event(), 0, True) == {}
    assert world.judged == []


def test_a_file_written_while_it_is_judged_is_judged_anew(world: Watched) -> None:
    def slow(files: list[str]) -> Any:
        outcome = world.judge(files)
        world.put("a.csv", BAD + "8\n")
        return outcome

    world.put("a.csv", GOOD)
    inbox = world.watch.Inbox(world.folder, "csv", slow)
    assert world.watch.serve(inbox, threading.Event(), 0, True) == {"changed": 1}
    assert world.names() == ["a.csv"]
    assert world.run() == {"blocked": 1}


def test_equal_names_in_quarantine_overwrite_nothing(world: Watched) -> None:
    texts = [BAD, "age\n8\n", BAD]
    for text in texts:
        world.put("a.csv", text)
        world.run()
    files = [world.folder / "quarantine" / name for name in ("a.csv", "a-2.csv", "a-3.csv")]
    assert [file.read_text() for file in files] == texts
    assert all(file.with_name(f"{file.name}.report.json").exists() for file in files)


def test_a_report_that_is_not_ours_is_not_overwritten(world: Watched) -> None:
    (world.folder / "quarantine").mkdir()
    world.put("quarantine/a.csv.report.json", "mine")
    world.put("a.csv", BAD)
    world.run()
    assert (world.folder / "quarantine/a.csv.report.json").read_text() == "mine"
    assert "a-2.csv" in world.names("quarantine")


def test_a_malformed_file_goes_to_quarantine(world: Watched) -> None:
    world.put("a.csv", 'age\n"30\n')
    assert world.run() == {"blocked": 1}


def test_a_file_that_cannot_be_read_stays_and_is_not_tried_without_end(world: Watched) -> None:
    def refusing(files: list[str]) -> Any:
        world.judged += files
        raise PermissionError(13, "Permission denied")

    world.put("a.csv", GOOD)
    inbox, stop = world.watch.Inbox(world.folder, "csv", refusing), threading.Event()
    assert world.watch.serve(inbox, stop, 0, True) == {"unreadable": 1}
    assert world.watch.serve(inbox, stop, 0, True) == {}
    assert (len(world.judged), world.names()) == (1, ["a.csv"])


def test_a_watcher_keeps_no_results(world: Watched) -> None:
    for _ in range(5):
        world.put("a.csv", GOOD)
        world.run()
        (world.folder / "a.csv").unlink()
    assert world.validator.context.validation_results_store.list_keys() == []
