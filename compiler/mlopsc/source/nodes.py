"""A YAML document as a tree that remembers where each key and value stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlopsc.diagnostics import Diagnostic, Path, Span

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place.

    `value` is a scalar, a dict of key to Node, or a list of Nodes; `key` is the place of the key
    that holds it, and `raw` is a scalar's text as written.
    """

    value: "Scalar | dict[str, Node] | list[Node]"
    span: Span
    key: Span | None = None
    raw: str = ""
    plain: bool = False

    def data(self) -> Any:
        """Return the value as plain dicts, lists and scalars; the tree is shallow by construction."""
        if isinstance(self.value, dict):
            return {name: child.data() for name, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.data() for child in self.value]
        return self.value

    def child(self, step: str | int) -> "Node | None":
        """Return the node one step down, or None."""
        if isinstance(self.value, dict) and isinstance(step, str):
            return self.value.get(step)
        if isinstance(self.value, list) and isinstance(step, int) and step < len(self.value):
            return self.value[step]
        return None

    def walk(self, path: Path = ()) -> "Iterator[tuple[Path, Node]]":
        """Yield every node below and including this one, with its path."""
        yield path, self
        if isinstance(self.value, dict):
            for name, child in self.value.items():
                yield from child.walk((*path, name))
        elif isinstance(self.value, list):
            for index, child in enumerate(self.value):
                yield from child.walk((*path, index))


@dataclass(frozen=True, slots=True)
class Document:
    """A spec after `extends` was followed: the merged tree and the texts it was read from.

    `name` is the spec's path from the repository root; `sources` maps each file that took part,
    by such a path, to its text; `houses` are those of the extended files that list `models`.
    """

    root: Node
    name: str
    sources: Mapping[str, str]
    houses: tuple[str, ...] = ()

    def find(self, path: Path) -> Node | None:
        """Return the node at a path, or None."""
        node: Node | None = self.root
        for step in path:
            node = node.child(step) if node else None
        return node

    def span(self, path: Path, on_key: bool = False) -> Span:
        """Return the place of a path, or of its nearest ancestor that is written down."""
        node, missing = self.root, False
        for step in path:
            below = node.child(step)
            if below is None:
                missing = True
                break
            node = below
        return node.key if node.key and (on_key or missing) else node.span

    def place(self, diagnostic: Diagnostic) -> Diagnostic:
        """Return the diagnostic with its span."""
        if diagnostic.span:
            return diagnostic
        return diagnostic.at(self.span(diagnostic.path, diagnostic.on_key))
