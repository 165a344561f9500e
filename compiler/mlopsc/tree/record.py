"""What a lock says, as data: the inputs of a compile, and the hashes of what it left."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from mlopsc.tree.lock import END, HEADER, Line, lines

Hashes = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a compile depends on.

    `sources` maps each file that was read (spec, extended files, template overrides) to its
    SHA-256, `names` each path whose existence was asked for to the answer; both are relative to
    the model folder. `spec` is relative to the root, `build` the hash of compiler and templates;
    a `house` brings other specs along, each of which has a lock of its own.
    """

    compiler: str
    build: str
    spec: str
    sources: Mapping[str, str]
    names: Mapping[str, bool] = field(default_factory=dict)
    house: bool = False


@dataclass(frozen=True, slots=True)
class Lock:
    """Inputs, the paths that were kept for their owner, and the hashes by which a file is ours.

    Paths are relative to the model folder. A path has one hash, or several while it is not known
    which of them the disk holds: in a pending lock, and where a hand edit hides it.
    """

    inputs: Inputs
    kept: tuple[str, ...] = ()
    files: Hashes = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> "Lock":
        """Read a lock's text; raise ValueError when it is not exactly what `text` writes."""
        rows = lines(text)
        inputs = Inputs(
            compiler=_one(rows, "compiler")[1],
            build=_one(rows, "build")[1],
            spec=_one(rows, "spec")[2],
            sources={path: value for kind, value, path in rows if kind == "source"},
            names={path: kind == "present" for kind, _, path in rows if kind in ("present", "absent")},
            house=any(kind == "house" for kind, *_ in rows),
        )
        kept = tuple(path for kind, _, path in rows if kind == "kept")
        return cls(inputs, kept, union((path, (value,)) for kind, value, path in rows if kind == "file"))

    def text(self) -> str:
        """Return the lock as it stands on disk: sorted, so that equal locks are equal bytes."""
        return "\n".join([HEADER, *self._comments(), *self._hashes(), END, ""])

    def pending(self, files: Iterable[tuple[str, tuple[str, ...]]]) -> "Lock":
        """Return the lock that holds while a compile is under way: these hashes may be met too."""
        return replace(self, kept=(), files=union(files))

    def _comments(self) -> Iterator[str]:
        inputs = self.inputs
        yield f"# compiler {inputs.compiler}"
        yield f"# build {inputs.build}"
        yield f"# spec  {inputs.spec}"
        if inputs.house:
            yield "# house"
        yield from (f"# source {value}  {path}" for path, value in sorted(inputs.sources.items()))
        for path, present in sorted(inputs.names.items()):
            yield f"# {'present' if present else 'absent'}  {path}"
        yield from (f"# kept  {path}" for path in sorted(self.kept))

    def _hashes(self) -> Iterator[str]:
        for path, values in sorted(self.files.items()):
            yield from (f"{value}  {path}" for value in sorted(values))


def union(files: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """Merge hashes by path; the order in which they are met does not show."""
    merged: dict[str, tuple[str, ...]] = {}
    for path, values in files:
        merged[path] = tuple(sorted({*merged.get(path, ()), *values}))
    return merged


def _one(rows: list[Line], kind: str) -> Line:
    found = [row for row in rows if row[0] == kind]
    if len(found) != 1:
        raise ValueError(f"it has {len(found)} lines `# {kind}` and needs one")
    return found[0]
