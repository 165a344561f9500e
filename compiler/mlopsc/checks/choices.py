"""Fields that belong to another choice than the one that was made: `steps` under `strategy: rolling`."""

from collections.abc import Iterator, Mapping

from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View
from mlopsc.source.nodes import Node
from mlopsc.spec.tags import TAGS

# What a tag means that is not written.
_UNWRITTEN: Mapping[tuple[str, ...], str] = {("deployment", "strategy"): "rolling"}


def belongs(view: View) -> Iterator[Diagnostic]:
    """Yield each field that the chosen value of its tag does not have (M304)."""
    for pattern, tags in TAGS.items():
        for at, node in _matching(view.document.root, pattern):
            for tag, values in tags.items():
                yield from _foreign(at, node, tag, values)


def _foreign(at: Path, node: Node, tag: str, values: Mapping[str, frozenset[str]]) -> Iterator[Diagnostic]:
    written = node.child(tag)
    chosen = written.value if written else _UNWRITTEN.get((*map(str, at), tag))
    if not isinstance(chosen, str) or chosen not in values or not isinstance(node.value, dict):
        return
    others = frozenset[str]().union(*values.values()) - values[chosen]
    for field in node.value:
        if field in others:
            owners = [value for value, fields in values.items() if field in fields]
            named = " or ".join(f"`{tag}: {value}`" for value in owners)
            message = f"`{field}` belongs to {named}, and `{tag}` is `{chosen}`"
            hint = f"write `{tag}: {owners[0]}`, or remove `{field}`"
            yield Diagnostic("M304", message, (*at, field), hint=hint, on_key=True)


def _matching(root: Node, pattern: tuple[str, ...]) -> Iterator[tuple[Path, Node]]:
    found: list[tuple[Path, Node]] = [((), root)]
    for step in pattern:
        found = [pair for at, node in found for pair in _below(at, node, step)]
    return iter(found)


def _below(at: Path, node: Node, step: str) -> Iterator[tuple[Path, Node]]:
    if step == "*" and isinstance(node.value, list):
        yield from (((*at, index), child) for index, child in enumerate(node.value))
    elif child := node.child(step):
        yield (*at, step), child


RULES = (belongs,)
