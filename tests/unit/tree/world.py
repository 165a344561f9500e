"""A small repository on disk, and compiles of it that may be killed at any step."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from mlopsc.files import File, Ownership, Place, Rendered, Verbatim
from mlopsc.tree.apply import apply
from mlopsc.tree.entry import Plan
from mlopsc.tree.place import Tree
from mlopsc.tree.plan import plan
from mlopsc.tree.record import Inputs

STEPS = ("open", "replace", "unlink", "mkdir", "rmdir", "chmod")


class Killed(BaseException):
    """The process ends here; nothing that it would still have done happens."""


def rendered(path: str, content: str | bytes, **options: Any) -> Rendered:
    """A file at the root if its path starts with `/`, else one beside the spec."""
    place = Place.ROOT if path.startswith("/") else Place.MODEL
    data = content.encode() if isinstance(content, str) else content
    return Rendered(File(path.lstrip("/"), Verbatim(path), place, **options), data)


def starter(path: str, content: str) -> Rendered:
    return rendered(path, content, ownership=Ownership.STARTER)


class World:
    """A root with one model folder; `spec` is the text of its mlops.yaml."""

    def __init__(self, root: Path, model: str = "models/churn") -> None:
        self.root, self.model, self.build = root, PurePosixPath(model), "build1"
        self.folder = root / model
        self.folder.mkdir(parents=True, exist_ok=True)
        self.respec("version: 1")

    def respec(self, text: str) -> None:
        (self.folder / "mlops.yaml").write_text(text)
        self.spec = hashlib.sha256(text.encode()).hexdigest()

    def tree(self) -> Tree:
        return Tree(self.root, self.model)

    def plan(self, *files: Rendered, names: Mapping[str, bool] | None = None, **options: Any) -> Plan:
        spec = str(self.model / "mlops.yaml")
        inputs = Inputs("1.0", self.build, spec, {"mlops.yaml": self.spec}, names or {})
        return plan(self.tree(), files, inputs, **options)

    def compile(self, *files: Rendered, **options: Any) -> Plan:
        planned = self.plan(*files, **options)
        apply(self.tree(), planned)
        return planned

    @property
    def lock(self) -> Path:
        return self.folder / ".mlopsc.lock"

    def files(self) -> dict[str, str]:
        """Every file but the spec and the lock, by its path from the model folder or with a leading `/`."""
        found = {path: path.read_text() for path in self.root.rglob("*") if path.is_file()}
        left = {path: text for path, text in found.items() if path.name not in ("mlops.yaml", self.lock.name)}
        return {self._name(path): text for path, text in left.items()}

    def _name(self, path: Path) -> str:
        inside = path.is_relative_to(self.folder)
        return str(path.relative_to(self.folder)) if inside else f"/{path.relative_to(self.root)}"


def raise_killed() -> None:
    raise Killed


@contextmanager
def killed_at(step: int, after: bool = False, die: Callable[[], None] = raise_killed) -> Iterator[list[str]]:
    """Let the first `step` changes of the disk happen and none from there on; yields their names.

    With `after`, the fatal step is still done. Nothing is killed if there are fewer steps.
    """
    done: list[str] = []
    originals = {name: getattr(os, name) for name in STEPS}

    def mortal(name: str) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            if name == "open" and not args[1] & os.O_CREAT:
                return originals[name](*args, **options)
            done.append(name)
            if len(done) == step + 1 and after:
                result = originals[name](*args, **options)
                if name == "open":
                    os.close(result)
            if len(done) > step:
                die()
            return originals[name](*args, **options)

        return call

    for name in STEPS:
        setattr(os, name, mortal(name))
    try:
        yield done
    finally:
        for name, original in originals.items():
            setattr(os, name, original)
