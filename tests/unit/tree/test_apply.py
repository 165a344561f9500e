"""Writing: what is forced, what may be run, what is noticed too late, and who must wait."""

import fcntl
import os
import threading
from pathlib import Path

import pytest
from mlopsc.diagnostics import Rejected
from mlopsc.tree.apply import apply, exclusive
from mlopsc.tree.plan import starters

from tests.unit.tree.world import World, rendered, starter

A = rendered("a.txt", "one\n")
FORCE = {"models/churn/a.txt"}


def test_force_saves_the_old_bytes_first(world: World) -> None:
    (world.folder / "a.txt").write_text("mine\n")
    (entry,) = world.compile(A, force=FORCE).entries
    assert (entry.action, entry.cause, entry.saved) == ("changed", "not ours", "models/churn/a.txt.orig")
    assert world.files() == {"a.txt": "one\n", "a.txt.orig": "mine\n"}
    assert world.plan(A).clean


def test_saved_bytes_are_never_overwritten(world: World) -> None:
    for text in ("first\n", "second\n", "second\n", "third\n"):
        (world.folder / "a.txt").write_text(text)
        world.compile(A, force=FORCE)
    assert world.files() == {
        "a.txt": "one\n",
        "a.txt.orig": "first\n",
        "a.txt.orig.1": "second\n",
        "a.txt.orig.2": "third\n",
    }


def test_saved_bytes_never_go_through_a_link(world: World) -> None:
    outside = world.root.parent / "outside.txt"
    (world.folder / "a.txt.orig").symlink_to(outside)
    (world.folder / "a.txt").write_text("mine\n")
    world.compile(A, force=FORCE)
    assert not outside.exists() and world.files()["a.txt.orig.1"] == "mine\n"


def test_force_gives_up_an_edited_orphan(world: World) -> None:
    world.compile(A)
    (world.folder / "a.txt").write_text("mine\n")
    (entry,) = world.compile(force=FORCE).entries
    assert entry.action == "removed"
    assert world.files() == {"a.txt.orig": "mine\n"}


def test_force_of_an_unedited_file_saves_nothing(world: World) -> None:
    world.compile(A)
    world.compile(rendered("a.txt", "two\n"), force=FORCE)
    assert world.files() == {"a.txt": "two\n"}


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture
def umask() -> object:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_permissions(world: World) -> None:
    script = rendered("run.sh", "#!/bin/sh\n", executable=True)
    world.compile(A, script)
    assert (mode(world.folder / "a.txt"), mode(world.folder / "run.sh"), mode(world.lock)) == (
        0o644,
        0o755,
        0o644,
    )
    (world.folder / "run.sh").chmod(0o640)
    world.compile(A, script)
    assert mode(world.folder / "run.sh") == 0o750, "unchanged bytes may be run again"
    (world.folder / "a.txt").chmod(0o600)
    world.compile(rendered("a.txt", "two\n"), rendered("run.sh", "echo\n"))
    assert mode(world.folder / "a.txt") == 0o600, "what is private stays private"
    assert mode(world.folder / "run.sh") == 0o640


def test_a_file_saved_meanwhile_is_left_as_it_is(world: World) -> None:
    world.compile(A)
    planned = world.plan(rendered("a.txt", "two\n"))
    (world.folder / "a.txt").write_text("mine\n")
    with pytest.raises(Rejected, match=r"M609 models/churn/a[.]txt changed while"):
        apply(world.tree(), planned)
    assert world.files()["a.txt"] == "mine\n"
    assert world.compile(rendered("a.txt", "two\n")).entries[0].cause == "hand-edited"


def test_an_orphan_saved_meanwhile_is_not_removed(world: World) -> None:
    world.compile(A)
    planned = world.plan()
    (world.folder / "a.txt").write_text("mine\n")
    with pytest.raises(Rejected, match="M609"):
        apply(world.tree(), planned)
    assert world.files()["a.txt"] == "mine\n"


def test_starters_are_written_where_nothing_stands(world: World) -> None:
    (world.folder / "params.yaml").write_text("mine\n")
    files = [starter("params.yaml", "ours\n"), starter("src/train.py", "pass\n"), A]
    planned = starters(world.tree(), files)
    assert [(entry.path, entry.action) for entry in planned.entries] == [
        ("models/churn/params.yaml", "unchanged"),
        ("models/churn/src/train.py", "created"),
    ]
    apply(world.tree(), planned)
    assert world.files() == {"params.yaml": "mine\n", "src/train.py": "pass\n"}
    assert not world.lock.exists()


def test_two_compiles_at_once_take_turns(world: World) -> None:
    """Each plans and writes alone; whoever comes second sees what the first one left."""
    turns: list[str] = []

    def compile(text: str) -> None:
        for _ in range(20):
            with exclusive(world.root):
                turns.append("in")
                assert not world.compile(rendered("a.txt", text)).kept
                turns.append("out")

    threads = [threading.Thread(target=compile, args=(f"{name}\n",)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert turns == ["in", "out"] * 40


def test_the_root_is_held_and_given_back(world: World) -> None:
    second = os.open(world.root, os.O_RDONLY)
    with exclusive(world.root), pytest.raises(BlockingIOError):
        fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(second)


def test_exclusive_makes_the_root(tmp_path: Path) -> None:
    with exclusive(tmp_path / "new/root"):
        assert (tmp_path / "new/root").is_dir()
