"""What else is wrong with a spec whose shape is refused: the rules across fields, on what is left of it.

The values that have no valid shape are taken out, and the rules look at the rest. A finding that
might only follow from what was taken out is not reported: a second error that vanishes with the
first one costs more trust than a second run costs time.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from mlopsc.diagnostics import Diagnostic, Path, Rejected
from mlopsc.resolve import View, views_of
from mlopsc.source.nodes import Document, Node

Check = Callable[[tuple[View, ...]], object]

# The sections whose rules look at themselves alone, value by value.
_ALONE = ("validation", "delivery", "costs", "data")
# What exports a figure that an alert may watch.
_WATCHED = ("registry", "pipeline", "validation", "data")
# What the rules of other sections look up; a section that is not named looks up everything.
_LOOKS_UP = {
    "drift": ("metrics", "outcomes", "serving", "scoring", "data", "environments"),
    "registry": ("metrics", "environments"),
    "monitoring": ("metrics", "drift", "serving", "environments", *_WATCHED),
    "serving": ("validation", "data", "environments"),
}
_ROUNDS = 3


def despite(document: Document, faults: Sequence[Diagnostic], check: Check) -> tuple[Diagnostic, ...]:
    """Return the errors across fields that hold whatever becomes of the faults of shape."""
    gone: list[Path] = []
    for _ in range(_ROUNDS):
        paths = [fault.path for fault in faults]
        document = replace(document, root=_without(document.root, paths))
        gone += paths
        try:
            views = views_of(document)
        except Rejected as error:
            faults = error.diagnostics
            continue
        try:
            check(views)
        except Rejected as error:
            return tuple(found for found in error.diagnostics if _stands_alone(found.path, gone))
        break
    return ()


def _without(root: Node, paths: Iterable[Path]) -> Node:
    # From the back, so that an item that goes does not move those that are still to go.
    for path in sorted(set(paths), key=lambda p: [str(step).rjust(9) for step in p], reverse=True):
        root = _cut(root, path)
    return root


def _cut(node: Node, path: Path) -> Node:
    """Take out what stands at a path; where a key is missing, take out the mapping that lacks it."""
    step, rest = path[0], path[1:]
    below = node.child(step)
    if below is None:
        return node
    if rest and below.child(rest[0]) is not None:
        kept = _cut(below, rest)
        if isinstance(node.value, dict):
            return replace(node, value={**node.value, str(step): kept})
        items = list(node.value) if isinstance(node.value, list) else []
        return replace(node, value=[kept if index == step else item for index, item in enumerate(items)])
    if isinstance(node.value, dict):
        return replace(node, value={name: child for name, child in node.value.items() if name != step})
    items = list(node.value) if isinstance(node.value, list) else []
    return replace(node, value=[item for index, item in enumerate(items) if index != step])


def _stands_alone(path: Path, gone: Iterable[Path]) -> bool:
    """Say whether a finding cannot be the consequence of what was taken out."""
    section = str(path[0]) if path else ""
    looked_up = _LOOKS_UP.get(section)
    for other in gone:
        if path[: len(other)] == other or other[: len(path)] == path:
            return False
        if section == other[0] and section not in _ALONE:
            return False
        if section not in _ALONE and section != other[0] and (looked_up is None or other[0] in looked_up):
            return False
    return True
