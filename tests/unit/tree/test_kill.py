"""SIGKILL before each change of the disk: nothing is lost, nothing is called hand-edited."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from mlopsc.files import Rendered
from mlopsc.tree.lock import lock_is_clean

from tests.unit.tree.world import World, killed_at, rendered

Files = tuple[Rendered, ...]
FIRST: Files = (rendered("a.txt", "1\n"), rendered("old/b.txt", "1\n"), rendered("x", "a file\n"))
SECOND: Files = (rendered("a.txt", "2\n"), rendered("new/c.txt", "2\n"), rendered("x/y", "in a folder\n"))
THIRD: Files = (rendered("a.txt", "3\n"), rendered("old/b.txt", "3\n"), rendered("/.github/w.yml", "3\n"))
LAST: Files = (rendered("a.txt", "4\n"), rendered("d.txt", "4\n"))


def in_child(deed: Callable[[], object]) -> int:
    """Do something in another process; return the signal that ended it, or 0."""
    child = os.fork()
    if not child:
        try:
            deed()
        finally:
            os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def killed_compile(world: World, files: Files, step: int) -> bool:
    """Compile and be killed before the given change of the disk; tell whether there was one."""
    world.respec(repr(files))

    def deed() -> None:
        with killed_at(step, die=lambda: os.kill(os.getpid(), signal.SIGKILL)):
            world.compile(*files)

    return in_child(deed) == signal.SIGKILL


def is_exactly(world: World, files: Files) -> bool:
    names = {("/" if each.file.place.name == "ROOT" else "") + each.file.path: each for each in files}
    return world.files() == {name: each.content.decode() for name, each in names.items()}


def steps(root: Path, before: Files, files: Files) -> int:
    """Count the changes of the disk in a compile that nobody kills."""
    world = World(root)
    world.compile(*before)
    world.respec(repr(files))
    with killed_at(10**6) as done:
        world.compile(*files)
    return len(done)


@pytest.mark.parametrize("before", [(), FIRST], ids=["first compile", "later compile"])
@pytest.mark.parametrize("after", [SECOND, LAST], ids=["same spec", "spec changed meanwhile"])
def test_killed_once(tmp_path: Path, before: Files, after: Files) -> None:
    count = steps(tmp_path / "count", before, SECOND)
    assert count > 10
    for step in range(count):
        world = World(tmp_path / str(step))
        if before:
            world.compile(*before)
        assert killed_compile(world, SECOND, step)
        world.respec(repr(after))
        planned = world.compile(*after)
        assert not planned.kept, f"killed at {step}: {[e for e in planned.entries if e.action == 'kept']}"
        assert is_exactly(world, after), f"killed at {step}: {world.files()}"
        assert lock_is_clean(str(world.lock), world.build)
        assert {path.name for path in world.folder.iterdir() if path.is_dir()} <= {"new", "x"}


def test_killed_twice_with_another_spec_each_time(tmp_path: Path) -> None:
    for first in range(0, 16, 3):
        for second in range(0, 16, 2):
            world = World(tmp_path / f"{first}-{second}")
            world.compile(*FIRST)
            killed_compile(world, SECOND, first)
            killed_compile(world, THIRD, second)
            world.respec("last")
            assert not world.compile(*LAST).kept
            assert is_exactly(world, LAST)
            assert not (world.root / ".github").exists()


def test_check_after_a_kill_accuses_nobody(tmp_path: Path) -> None:
    for step in range(steps(tmp_path / "count", FIRST, SECOND)):
        world = World(tmp_path / str(step))
        world.compile(*FIRST)
        killed_compile(world, SECOND, step)
        world.respec("last")
        planned = world.plan(*LAST)
        assert {entry.cause for entry in planned.entries} <= {"", "spec changed", "orphan"}
        assert not lock_is_clean(str(world.lock), world.build)


def test_edit_between_kill_and_compile_is_kept(world: World) -> None:
    world.compile(*FIRST)
    assert killed_compile(world, SECOND, 8)
    (world.folder / "a.txt").write_text("mine\n")
    assert world.compile(*LAST).kept
    assert world.files() == {"a.txt": "mine\n", "d.txt": "4\n"}


def test_interrupt_leaves_no_half_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.compile(*FIRST)
    replace = os.replace

    def interrupted(source: str, target: str) -> None:
        if target.endswith("a.txt"):
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        world.compile(*SECOND)
    monkeypatch.undo()
    assert world.files()["a.txt"] == "1\n"
    assert not list(world.root.rglob("*.tmp"))
    assert not world.compile(*LAST).kept and is_exactly(world, LAST)
