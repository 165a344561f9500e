"""One spec of a repository, from its text to the plan of what would change on disk."""

import os
from collections.abc import Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mlopsc import __version__
from mlopsc.build_id import build_id
from mlopsc.compile import Compiled, compile_spec
from mlopsc.files import Place
from mlopsc.render import HouseStyle
from mlopsc.source.extends import inside, load
from mlopsc.source.nodes import Document
from mlopsc.spec.tags import lost
from mlopsc.tree.entry import Plan
from mlopsc.tree.lock import digest
from mlopsc.tree.place import Names, Tree
from mlopsc.tree.plan import plan
from mlopsc.tree.record import Inputs
from mlopsc.workspace import Site, reader


@dataclass(frozen=True, slots=True)
class Project:
    """A spec that was read: its document and the hashes of the files that it was read from."""

    site: Site
    document: Document
    hashes: dict[str, str]
    style: HouseStyle

    @classmethod
    def read(cls, site: Site, text: bytes | None = None) -> "Project":
        """Read a spec and what it extends; `text` stands for a spec that is not on disk yet.

        Raises `Rejected`, or OSError for the spec itself.
        """
        hashes: dict[str, str] = {}
        read = reader(site.sources)

        def recorded(name: str) -> bytes:
            data = read(name) if text is None or name != site.name else text
            hashes[name] = digest(data)
            return data

        document = load(site.name, recorded, lost)
        return cls(site, document, hashes, _house_style(document, site.sources))

    @property
    def tree(self) -> Tree:
        """Where the output goes."""
        return Tree(self.site.root, self.site.folder)

    def compile(self) -> Compiled:
        """Compile the document; raises `Rejected`."""
        beside = Names((self.site.sources / self.site.name).parent)
        return compile_spec(self.document, self.site.header, beside, self.style)

    def plan(self, compiled: Compiled, force: Set[str] = frozenset()) -> Plan:
        """Compare what was compiled with the disk; `force` holds paths from the root."""
        tree = self.tree
        at_root = {each.file.path for each in compiled.files if each.file.place is Place.ROOT}
        own = frozenset(path if path in at_root else _from_root(tree, path) for path in compiled.own)
        return plan(tree, compiled.files, self._inputs(tree), own, force)

    def _inputs(self, tree: Tree) -> Inputs:
        start = self.site.root / self.site.folder
        used = {path: digest(path.read_bytes()) for path, there in self.style.asked.items() if there}
        hashes = {self.site.sources / name: value for name, value in self.hashes.items()} | used
        sources = {_relative(path, start): value for path, value in hashes.items()}
        names = {_relative(path, start): there for path, there in self.style.asked.items() if not there}
        house = self.document.root.child("models") is not None
        asked = {**tree.names.asked, **names}
        return Inputs(__version__, _build(), self.site.header, sources, asked, house)


@cache
def _build() -> str:
    # A checkout looks at all of its sources to answer: once for all specs of a run.
    return build_id()


def _house_style(document: Document, sources: Path) -> HouseStyle:
    """Return the template overrides; their path is relative to the file that names it."""
    node = document.find(("templates",))
    path = inside(node.value, node.span.file) if node and isinstance(node.value, str) else None
    return HouseStyle(sources / path if path else None, sources)


def _relative(path: Path, start: Path) -> str:
    return os.path.relpath(path, start).replace(os.sep, "/")


def _from_root(tree: Tree, path: str) -> str:
    return f"{tree.model}/{path}" if tree.model else path
