"""The lock: its bytes, what sha256sum makes of it, and the question whether all is clean."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mlopsc.diagnostics import Rejected
from mlopsc.tree.lock import lock_is_clean
from mlopsc.tree.record import Lock

from tests.unit.tree.world import World, rendered

FILES = (
    rendered("a.txt", "one\n"),
    rendered("with space/ä b.json", "{}"),
    rendered("/.github/workflows/churn-ci.yml", "on: push\n"),
)
ONE = "2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806"


def sha256sum(world: World) -> subprocess.CompletedProcess[str]:
    command = ["sha256sum", "-c", "--strict", "--quiet", ".mlopsc.lock"]
    return subprocess.run(command, cwd=world.folder, capture_output=True, text=True, check=False)


def test_the_bytes(world: World) -> None:
    world.compile(FILES[0], names={"src": True, "params.yaml": False, "a.txt": True})
    assert world.lock.read_bytes().decode() == (
        "# Written by mlopsc, not by hand; to verify: sha256sum -c --strict .mlopsc.lock\n"
        "# compiler 1.0\n"
        "# build build1\n"
        "# spec  models/churn/mlops.yaml\n"
        f"# source {world.spec}  mlops.yaml\n"
        "# absent  params.yaml\n"
        "# present  src\n"
        f"{ONE}  a.txt\n"
        "# end\n"
    )


def test_equal_compiles_write_equal_locks(world: World, tmp_path: Path) -> None:
    other = World(tmp_path / "other")
    world.compile(*FILES, names={"a": True, "b": False})
    other.compile(*reversed(FILES), names={"b": False, "a": True})
    assert world.lock.read_bytes() == other.lock.read_bytes()


def test_sha256sum_reads_it(world: World) -> None:
    world.compile(*FILES)
    assert sha256sum(world).returncode == 0, sha256sum(world).stderr
    assert "  ../../.github/workflows/churn-ci.yml\n" in world.lock.read_text()
    (world.folder / "a.txt").write_text("edited\n")
    assert sha256sum(world).stdout == "a.txt: FAILED\n"


def test_reads_what_it_writes(world: World) -> None:
    (world.folder / "b.txt").write_text("foreign")
    lock = world.compile(*FILES, rendered("b.txt", "ours"), names={"x  y": True}).lock
    assert lock and lock.kept == ("b.txt",)
    assert Lock.parse(lock.text()) == lock


def test_a_model_at_the_root(tmp_path: Path) -> None:
    world = World(tmp_path, ".")
    world.compile(*FILES)
    assert sha256sum(world).returncode == 0
    assert lock_is_clean(str(world.lock), world.build)


def test_clean_after_a_compile(world: World) -> None:
    world.compile(*FILES, names={"params.yaml": False, "mlops.yaml": True})
    assert lock_is_clean(str(world.lock), "build1")


SPOIL: dict[str, Callable[[World], object]] = {
    "edited": lambda world: (world.folder / "a.txt").write_text("edited"),
    "deleted": lambda world: (world.folder / "a.txt").unlink(),
    "root file edited": lambda world: (world.root / ".github/workflows/churn-ci.yml").write_text("edited"),
    "spec": lambda world: world.respec("changed"),
    "name appeared": lambda world: (world.folder / "params.yaml").write_text(""),
    "name vanished": lambda world: (world.folder / "train.py").unlink(),
    "pending": lambda world: (world.folder / ".mlopsc.lock.pending").write_text(""),
    "no lock": lambda world: world.lock.unlink(),
    "cut off": lambda world: world.lock.write_text(world.lock.read_text()[:-3]),
    "binary": lambda world: world.lock.write_bytes(b"\x00\xff"),
    "a folder": lambda world: (world.folder / "a.txt").rename(world.folder / "b").with_name("a.txt").mkdir(),
}


@pytest.mark.parametrize("how", SPOIL)
def test_not_clean(world: World, how: str) -> None:
    (world.folder / "train.py").write_text("")
    world.compile(*FILES, names={"params.yaml": False, "train.py": True})
    assert lock_is_clean(str(world.lock), "build1")
    SPOIL[how](world)
    assert not lock_is_clean(str(world.lock), "build1")


def test_another_build_must_look_for_itself(world: World) -> None:
    world.compile(*FILES)
    assert not lock_is_clean(str(world.lock), "build2")


def test_not_clean_while_something_is_kept(world: World) -> None:
    (world.folder / "a.txt").write_text("foreign")
    world.compile(*FILES)
    assert not lock_is_clean(str(world.lock), "build1")


def test_not_clean_when_the_file_that_we_yielded_to_is_gone(world: World) -> None:
    (world.folder / "Makefile").write_text("all:\n")
    world.compile(rendered("Makefile", "include mlops.mk\n", yields="include mlops.mk"))
    assert lock_is_clean(str(world.lock), "build1")
    (world.folder / "Makefile").unlink()
    assert not lock_is_clean(str(world.lock), "build1")


def test_a_missing_lock_is_reported_though_every_file_is_right(world: World) -> None:
    world.compile(*FILES)
    world.lock.unlink()
    planned = world.plan(*FILES)
    assert not planned.clean
    lock = next(entry for entry in planned.entries if entry.path == "models/churn/.mlopsc.lock")
    assert (lock.action, lock.cause) == ("created", "missing")
    world.compile(*FILES)
    assert world.plan(*FILES).clean and sha256sum(world).returncode == 0


BROKEN: dict[str, tuple[Callable[[str], str], str]] = {
    "empty": (lambda text: "", "its first or last line is missing"),
    "cut off": (lambda text: text[: len(text) // 2], "its first or last line is missing"),
    "conflict": (
        lambda text: text.replace("# build", "<<<<<<< HEAD\n# build", 1),
        "line 3 is not one that mlopsc writes",
    ),
    "newer": (
        lambda text: text.replace("# build", "# planet x\n# build", 1),
        "line 3 is not one that mlopsc writes",
    ),
    "short hash": (lambda text: text.replace(ONE, ONE[:-1]), "line 6 is not one that mlopsc writes"),
    "two builds": (
        lambda text: text.replace("# build", "# build a\n# build", 1),
        "it has 2 lines `# build` and needs one",
    ),
    "outside": (
        lambda text: text.replace("  a.txt", "  ../../../a.txt"),
        "M604 'models/churn/../../../a.txt' is not a path that mlopsc writes",
    ),
}


@pytest.mark.parametrize("name", ["", ".pending"])
@pytest.mark.parametrize("how", BROKEN)
def test_broken_lock_is_refused_and_nothing_is_guessed(world: World, how: str, name: str) -> None:
    world.compile(FILES[0])
    spoil, why = BROKEN[how]
    path = world.lock.with_name(".mlopsc.lock" + name)
    path.write_text(spoil(world.lock.read_text()))
    with pytest.raises(Rejected) as refused:
        world.compile(rendered("a.txt", "new"))
    (finding,) = refused.value.diagnostics
    assert (finding.code, finding.message) == (
        "M603",
        f"models/churn/.mlopsc.lock{name} is not a whole lock: {why}",
    )
    assert finding.hint.startswith("delete it and compile again")
    assert world.files()["a.txt"] == "one\n"


def test_the_way_out_of_a_broken_lock_holds(world: World) -> None:
    world.compile(*FILES)
    world.lock.unlink()
    assert not world.compile(*FILES).kept
    assert lock_is_clean(str(world.lock), "build1")


def test_names_that_could_forge_a_line(world: World) -> None:
    names = world.tree().names
    (world.folder / "odd\n# end").write_text("")
    assert "odd\n# end" not in names and "\ud800" not in names and "/etc" not in names
    assert names.asked == {}
    assert "./mlops.yaml" in names and "src/../gone" not in names
    assert names.asked == {"mlops.yaml": True, "gone": False}
    world.respec("x")
    with pytest.raises(Rejected, match="M604"):
        World(world.root, "models/new\nline").compile(*FILES)


def test_asking_imports_nothing_but_os_and_sha256() -> None:
    code = (
        "import os, mlopsc.sha256, sys; before = set(sys.modules); "
        "import mlopsc.tree.lock; print(set(sys.modules) - before)"
    )
    run = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, env=path()
    )
    assert eval(run.stdout) == {"mlopsc.tree", "mlopsc.tree.lock"}


def path() -> dict[str, str]:
    import mlopsc

    return {"PYTHONPATH": str(Path(mlopsc.__path__[0]).parent)}
