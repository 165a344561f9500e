"""Plain values that other YAML readers take for something else."""

from mlopsc.diagnostics import Diagnostic
from mlopsc.source.nodes import Node
from mlopsc.source.scalars import ambiguous


def surprises(root: Node) -> list[Diagnostic]:
    """Return an M111 for each plain text that YAML 1.1 reads as a boolean or a number."""
    return [
        _surprise(node)
        for _, node in root.walk()
        if node.plain and isinstance(node.value, str) and ambiguous(node.raw)
    ]


def _surprise(node: Node) -> Diagnostic:
    number = node.raw[-1] in "0123456789."
    message = f"`{node.raw}` is text here, and a {'number' if number else 'boolean'} for readers of YAML 1.1"
    hint = f"quote it: '{node.raw}'" + ("" if number else "; a boolean is written true or false")
    return Diagnostic("M111", message, hint=hint, span=node.span)
