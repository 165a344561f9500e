"""What stands in the way of a file: links, folders, files as folders, the model folder itself."""

import os
from pathlib import Path

import pytest
from mlopsc.diagnostics import Rejected
from mlopsc.tree.lock import lock_is_clean

from tests.unit.tree.world import World, rendered

A, B = rendered("a.txt", "one\n"), rendered("ops/b.py", "two\n")


def test_never_through_a_linked_file(world: World) -> None:
    outside = world.root.parent / "outside.txt"
    outside.write_text("theirs\n")
    (world.folder / "a.txt").symlink_to(outside)
    planned = world.compile(A, B, force={"models/churn/a.txt"})
    assert [(entry.action, entry.code) for entry in planned.entries] == [
        ("kept", "M601"),
        ("created", "M607"),
    ]
    assert planned.entries[0].detail == (
        "a symbolic link stands at models/churn/a.txt: "
        "move it away and compile again, or own models/churn/a.txt"
    )
    assert outside.read_text() == "theirs\n" and (world.folder / "a.txt").is_symlink()


def test_never_through_a_linked_folder(world: World) -> None:
    outside = world.root.parent / "outside"
    outside.mkdir()
    (world.folder / "ops").symlink_to(outside)
    planned = world.compile(A, B)
    assert [(entry.action, entry.code) for entry in planned.entries] == [
        ("created", "M607"),
        ("kept", "M601"),
    ]
    assert planned.entries[1].detail.startswith("a symbolic link stands at models/churn/ops: ")
    assert not any(outside.iterdir())


def test_orphan_behind_a_link_is_not_removed(world: World) -> None:
    world.compile(A, B)
    moved = world.root.parent / "moved"
    (world.folder / "ops").rename(moved)
    (world.folder / "ops").symlink_to(moved)
    assert not lock_is_clean(str(world.lock), world.build)
    world.compile(A)
    assert (moved / "b.py").read_text() == "two\n"


def test_a_link_in_place_of_a_generated_file_is_no_clean_tree(world: World) -> None:
    world.compile(A)
    (world.folder / "a.txt").rename(world.folder / "real.txt")
    (world.folder / "a.txt").symlink_to("real.txt")
    assert not lock_is_clean(str(world.lock), world.build)
    assert world.plan(A).entries[0].code == "M601"


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_regular_file_is_kept(world: World, kind: str) -> None:
    taken = world.folder / "a.txt"
    taken.mkdir() if kind == "folder" else os.mkfifo(taken)
    planned = world.compile(A, B)
    assert [(entry.action, entry.code) for entry in planned.entries] == [
        ("kept", "M601"),
        ("created", "M607"),
    ]
    assert taken.is_dir() or taken.is_fifo()


def test_a_file_where_a_folder_should_be_is_kept(world: World) -> None:
    (world.folder / "ops").write_text("mine\n")
    planned = world.compile(A, B)
    assert [(entry.action, entry.code) for entry in planned.entries] == [
        ("created", "M607"),
        ("kept", "M601"),
    ]
    assert world.files() == {"a.txt": "one\n", "ops": "mine\n"}


def test_our_own_file_may_become_a_folder_and_back(world: World) -> None:
    file = rendered("ops", "a file\n")
    world.compile(file)
    assert not world.compile(B).kept
    assert world.files() == {"ops/b.py": "two\n"}
    assert not world.compile(file).kept
    assert world.files() == {"ops": "a file\n"}


def test_a_folder_that_holds_anything_of_the_users_never_becomes_a_file(world: World) -> None:
    world.compile(rendered("ops/deep/b.py", "two\n"))
    (world.folder / "ops/empty").mkdir()
    assert world.compile(rendered("ops", "a file\n")).kept
    assert (world.folder / "ops/empty").is_dir()


def test_forced_orphan_whose_bytes_stay_beside_it_keeps_its_folder(world: World) -> None:
    world.compile(B)
    (world.folder / "ops/b.py").write_text("mine\n")
    assert world.compile(rendered("ops", "a file\n"), force={"models/churn/ops/b.py"}).kept
    assert world.files() == {"ops/b.py.orig": "mine\n"}


@pytest.mark.parametrize("kind", ["link", "file"])
def test_model_folder_that_is_none_is_refused(world: World, kind: str) -> None:
    moved = world.root.parent / "moved"
    world.folder.rename(moved)
    world.folder.symlink_to(moved) if kind == "link" else world.folder.write_text("")
    with pytest.raises(Rejected) as refused:
        world.plan(A)
    what = {"link": "a symbolic link", "file": "a file"}[kind]
    assert (
        str(refused.value) == f"M601 models/churn/.mlopsc.lock cannot be used: {what} stands at models/churn"
    )


def test_a_linked_root_is_the_users_own_choice(tmp_path: Path) -> None:
    real = World(tmp_path / "real")
    (tmp_path / "link").symlink_to(real.root)
    real.root = tmp_path / "link"
    assert not real.compile(A).kept
    assert (tmp_path / "real/models/churn/a.txt").read_text() == "one\n"
