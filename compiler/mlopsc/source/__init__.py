"""YAML 1.2 text -> Document: every node knows its place, and nothing hostile gets further."""

from mlopsc.source.compose import compose
from mlopsc.source.nodes import Document, Node
from mlopsc.source.text import decode

__all__ = ["Document", "Node", "compose", "decode", "read_document"]


def read_document(data: bytes, name: str) -> Document:
    """Read one file; `name` is its path from the repository root.

    Raises `Rejected` with every finding of this stage (codes M101 to M114).
    """
    text = decode(data, name)
    return Document(compose(text, name), name, {name: text})
