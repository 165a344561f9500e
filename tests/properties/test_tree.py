"""Whatever a person, a spec and a kill do in whatever order: no byte that a person wrote is lost."""

import os
import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from mlopsc.files import Rendered
from mlopsc.tree.apply import apply
from mlopsc.tree.entry import Plan
from mlopsc.tree.lock import lock_is_clean

from tests.unit.tree.world import Killed, World, killed_at, rendered

SEQUENCES = int(os.environ.get("MLOPSC_SEQUENCES", "10000"))
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
# `ops` is a file in some specs and a folder in others.
PATHS = ("a.txt", "ops", "ops/x.py", "ops/deep/y.py", "/.github/w.yml", "Makefile")


class Life:
    """A repository, what is wanted of it, and what the person knows to have written."""

    def __init__(self, root: Path, seed: int) -> None:
        self.dice, self.world, self.count = random.Random(seed), World(root, "m"), 0
        self.wanted: dict[str, bytes] = {}
        self.own: frozenset[str] = frozenset()
        self.person: dict[Path, bytes] = {}
        self.spared: set[tuple[Path, bytes]] = set()
        self.before: dict[Path, bytes] = {}
        self.respec()

    def disk(self, path: str) -> Path:
        return self.world.root / path[1:] if path.startswith("/") else self.world.folder / path

    def fresh(self, who: str) -> bytes:
        self.count += 1
        return f"{who} {self.count}\n".encode()

    # What a person does.

    def edit(self) -> None:
        """Write over whatever stands at a path, or create it."""
        path = self.disk(self.dice.choice(PATHS))
        if path.is_dir() or any(parent.is_file() for parent in path.parents):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path not in self.person:
            self.before[path] = path.read_bytes()
        self.person[path] = self.fresh("person")
        path.write_bytes(self.person[path])

    def undo(self) -> None:
        """Take an edit back, as an editor or `git checkout` does."""
        for path in sorted(self.before.keys() & self.person.keys())[:1]:
            path.write_bytes(self.before.pop(path))
            del self.person[path]

    def delete(self) -> None:
        path = self.disk(self.dice.choice(PATHS))
        if path.is_file():
            self.clear(path)
            self.person.pop(path, None)

    def clear(self, path: Path) -> None:
        """Delete a file, and the folders above it that are then empty."""
        path.unlink()
        for parent in path.parents:
            if parent in (self.world.folder, self.world.root) or any(parent.iterdir()):
                return
            parent.rmdir()

    def respec(self) -> None:
        """Another spec wants another set of files, some of them with the bytes of before."""
        paths = self.dice.sample(PATHS, self.dice.randint(0, 4))
        clash = {path for path in paths if any(other.startswith(path + "/") for other in paths)}
        changed = self.dice.random() < 0.7
        self.wanted = {
            path: self.fresh("wanted") if changed else self.wanted.get(path, b"wanted\n")
            for path in paths
            if path not in clash
        }
        self.own = frozenset(f"m/{path}" for path in PATHS[:2] if self.dice.random() < 0.05)
        self.world.respec(repr((self.wanted, sorted(self.own))))

    # What mlopsc does.

    def rendered(self) -> list[Rendered]:
        yields = {"Makefile": "include mlops.mk"}
        return [rendered(path, data, yields=yields.get(path, "")) for path, data in self.wanted.items()]

    def compile(self, force: frozenset[str] = frozenset()) -> Plan:
        plan = self.world.plan(*self.rendered(), own=self.own, force=force)
        self.accuses_nobody_untouched(plan)
        try:
            step = self.dice.randint(0, 12) if self.dice.random() < 0.3 else 1000
            with killed_at(step, after=self.dice.random() < 0.5):
                apply(self.world.tree(), plan)
        except Killed:
            self.note_forced(plan, finished=False)
            if not plan.lock or self.lock() != plan.lock.text():
                return plan
        else:
            self.note_forced(plan, finished=True)
        self.hand_over()
        kept = {self.world.root / entry.path for entry in plan.entries if entry.action == "kept"}
        self.before = {path: data for path, data in self.before.items() if path in kept}
        return plan

    def lock(self) -> str:
        return self.world.lock.read_text() if self.world.lock.exists() else ""

    def force(self) -> None:
        kept = [
            entry.path for entry in self.world.plan(*self.rendered(), own=self.own).entries if entry.cause
        ]
        self.compile(force=frozenset(self.dice.sample(kept, min(len(kept), 1))))

    def note_forced(self, plan: Plan, finished: bool) -> None:
        """A kill may leave the person's bytes in both places, never in none."""
        for entry in plan.entries:
            path, spare = self.world.root / entry.path, self.world.root / entry.saved
            if entry.saved and entry.old is not None and (finished or spare.is_file()):
                self.spared.add((spare, entry.old))
                if not path.is_file() or path.read_bytes() != entry.old:
                    del self.person[path]

    def hand_over(self) -> None:
        """What is owned is the person's from now on; an owned folder with all that is in it."""
        for path in (self.world.root / name for name in self.own):
            inside = [path, *path.rglob("*")]
            self.person |= {each: each.read_bytes() for each in inside if each.is_file()}

    # What must hold.

    def accuses_nobody_untouched(self, plan: Plan) -> None:
        for entry in plan.entries:
            path = self.world.root / entry.path
            if entry.code in ("M605", "M606"):
                assert self.person.get(path) == entry.old, f"{entry.path} was not touched: {entry.cause}"
            if entry.code == "M601":
                theirs = {*self.person, *(spared for spared, _ in self.spared)}
                near = [other for other in theirs if other in path.parents or path in other.parents]
                assert near, f"nothing of a person's is in the way of {entry.path}"

    def loses_nothing(self) -> None:
        for path, data in (*self.person.items(), *self.spared):
            assert path.is_file() and path.read_bytes() == data, f"{data!r} is lost from {path.name}"

    def ends_well(self) -> None:
        """Once the person's files are out of the way, one compile makes exactly what is wanted."""
        for path in self.person.keys() | {path for path, _ in self.spared}:
            self.clear(path)
        self.own = frozenset()
        self.world.respec("the end")
        assert not self.world.compile(*self.rendered()).kept
        files = {path: path.read_bytes() for path in self.world.root.rglob("*") if path.is_file()}
        beside = {self.world.folder / "mlops.yaml", self.world.lock}
        wanted = {self.disk(path): data for path, data in self.wanted.items()}
        assert {path: data for path, data in files.items() if path not in beside} == wanted
        assert self.world.plan(*self.rendered()).clean
        assert lock_is_clean(str(self.world.lock), self.world.build)


DEEDS: tuple[Callable[[Life], object], ...] = (
    *(Life.compile,) * 4,
    *(Life.edit, Life.respec) * 2,
    Life.undo,
    Life.delete,
    Life.force,
)


def live(seed: int, root: Path) -> None:
    life = Life(root, seed)
    for _ in range(life.dice.randint(3, 12)):
        life.dice.choice(DEEDS)(life)
        life.loses_nothing()
    life.ends_well()


@pytest.mark.parametrize("part", range(10))
def test_no_byte_of_a_person_is_lost(part: int) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        for seed in range(part, SEQUENCES, 10):
            root = Path(folder, str(seed))
            try:
                live(seed, root)
            except Exception as error:
                raise AssertionError(f"sequence {seed}: {error}") from error
            shutil.rmtree(root)
