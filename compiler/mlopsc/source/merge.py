"""How one spec overlays another: mappings merge, lists and scalars replace, null removes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mlopsc.diagnostics import Path
from mlopsc.source.nodes import Node

Loses = Callable[[Path, dict[str, Any], dict[str, Any]], frozenset[str]]
"""(path, base mapping, overlay mapping) -> the base's keys that go because a tag changed."""


def merge(base: Node, over: Node, loses: Loses, path: Path = ()) -> Node:
    """Return `over` on top of `base`; each value keeps the place where it was written."""
    if not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return over
    gone = loses(path, base.data(), over.data())
    merged = {name: child for name, child in base.value.items() if name not in gone}
    for name, child in over.value.items():
        known = merged.get(name)
        if _removes(child) and name in base.value:
            merged.pop(name, None)
        else:
            merged[name] = merge(known, child, loses, (*path, name)) if known else child
    return replace(over, value=merged)


def _removes(node: Node) -> bool:
    # `slack: #channel` is a null by accident (raw holds the comment): it stays, to be refused.
    return node.value is None and not node.raw.startswith("#")
