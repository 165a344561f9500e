"""Specs as the tests write them: from a text, or one of the north star."""

from pathlib import Path
from typing import Any

from mlopsc.diagnostics import Diagnostic, Rejected, Span
from mlopsc.source import Document, read_document
from mlopsc.source.extends import load
from mlopsc.source.nodes import Node
from mlopsc.spec import Spec, parse
from mlopsc.spec.tags import lost

NORTH_STAR = Path(__file__).parents[2] / "data" / "north-star"
NAMES = sorted(path.relative_to(NORTH_STAR).as_posix() for path in NORTH_STAR.rglob("*.yaml"))
HEAD = "version: 1\n"


def north_star(name: str) -> Document:
    """Return one of the examples, with what it extends."""
    return load(name, lambda path: (NORTH_STAR / path).read_bytes(), lost)


def spec(text: str) -> Spec:
    """Return the spec that a text makes; the version is added."""
    return parse(read_document((HEAD + text).encode(), "mlops.yaml"))


def faults(document: Document) -> tuple[Diagnostic, ...]:
    """Return what is wrong with a document; nothing when it parses."""
    try:
        parse(document)
    except Rejected as rejected:
        return rejected.diagnostics
    return ()


def faults_of(text: str) -> tuple[Diagnostic, ...]:
    """Return what is wrong with a text; the version is added unless it is there."""
    whole = text if text.startswith("version") else HEAD + text
    return faults(read_document(whole.encode(), "mlops.yaml"))


def document_of(data: Any) -> Document:
    """Return plain data as a document without places, as the mutations need it."""
    return Document(_node(data), "mlops.yaml", {"mlops.yaml": ""})


def _node(data: Any) -> Node:
    span = Span("mlops.yaml", 1, 1, 1, 2)
    if isinstance(data, dict):
        return Node({name: _node(value) for name, value in data.items()}, span, span)
    if isinstance(data, list):
        return Node([_node(value) for value in data], span, span)
    return Node(data, span, span, str(data))
