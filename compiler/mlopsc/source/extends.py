"""`extends`: one chain of specs inside the repository, merged into one document."""

import posixpath
from collections.abc import Callable
from dataclasses import replace

from mlopsc.diagnostics import Diagnostic, Rejected, Span
from mlopsc.source.compose import compose
from mlopsc.source.merge import Loses, merge
from mlopsc.source.nodes import Document, Node
from mlopsc.source.text import decode

Read = Callable[[str], bytes]
"""Bytes of a file by its path from the repository root; raises OSError, or Rejected for a link outside."""

# What a spec says about itself alone.
_NOT_INHERITED = ("models", "extends")


def load(name: str, read: Read, loses: Loses) -> Document:
    """Read a spec and all that it extends.

    Raises `Rejected`: whatever reading a file can raise, and M120 (outside the repository), M121
    (a cycle), M122 (no such file).
    """
    chain = _chain(name, read)
    root = chain[-1].root
    for document in reversed(chain[:-1]):
        root = merge(_heritage(root), document.root, loses)
    sources = {source: text for document in chain for source, text in document.sources.items()}
    houses = tuple(document.name for document in chain[1:] if document.root.child("models"))
    return Document(root, name, sources, houses)


def inside(target: str, stands_in: str) -> str | None:
    """Return a path written in one file as a path from the root; None when it leaves the repository."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(stands_in), target))
    leaves = path.startswith(("..", "/")) or "://" in target or "\\" in target or "\0" in target
    return None if leaves else path


def _chain(name: str, read: Read) -> list[Document]:
    chain: list[Document] = []
    link: Node | None = None
    while True:
        document = _read(name, read, link)
        chain.append(document)
        link = document.root.child("extends")
        if link is None:
            return chain
        name = _target(link, name, {d.name for d in chain})


def _read(name: str, read: Read, link: Node | None) -> Document:
    try:
        text = decode(read(name), name)
    except OSError as error:
        if link is None:
            raise
        hint = "the path is relative to the file that it stands in"
        message = f"`{name}` cannot be read: {(error.strerror or 'no such file').lower()}"
        raise Rejected([Diagnostic("M122", message, hint=hint, span=link.span)]) from None
    return Document(compose(text, name), name, {name: text})


def _target(link: Node, name: str, seen: set[str]) -> str:
    if not isinstance(link.value, str):
        raise _refuse("M202", "`extends` takes the path of one file", "write one path", link.span)
    target = inside(link.value, name)
    if target is None:
        hint = "extend a file of this repository by its relative path; there are no URLs"
        raise _refuse("M120", f"`{link.value}` leaves the repository", hint, link.span)
    if target in seen:
        hint = "remove one `extends`; a chain ends at a file that extends nothing"
        raise _refuse("M121", f"`{link.value}` is already part of this chain of `extends`", hint, link.span)
    return target


def _heritage(root: Node) -> Node:
    value = root.value if isinstance(root.value, dict) else {}
    return replace(root, value={k: child for k, child in value.items() if k not in _NOT_INHERITED})


def _refuse(code: str, message: str, hint: str, span: Span) -> Rejected:
    return Rejected([Diagnostic(code, message, hint=hint, span=span)])
