"""Document -> Spec: the shape of every section, all faults of a run at once."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from mlopsc.diagnostics import Diagnostic, Rejected
from mlopsc.source.nodes import Document
from mlopsc.spec.root import KEYS, Spec

OVERLAID = ("tracking", "connections", "serving", "deployment", "monitoring", "costs")


def parse(document: Document) -> Spec:
    """Return the spec; raises `Rejected` with every fault of shape (codes M2xx), placed and sorted."""
    data = document.root.data()
    found: list[Diagnostic] = []
    values = dict(_values(data, document, found)) if isinstance(data, dict) else {}
    found.extend(_root(data))
    found.extend(_overlays(data, document))
    if found:
        placed = {document.place(diagnostic) for diagnostic in found}
        raise Rejected(sorted(placed, key=lambda d: (d.span is None, d.span, d.code, d.message)))
    return Spec(**values)


def _values(data: dict[str, Any], document: Document, found: list[Diagnostic]) -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        if name in KEYS:
            try:
                yield name, _reader(name).validate_python(value)
            except ValidationError as error:
                found.extend(_explained(error, (name,), KEYS[name].type(), document))


def _root(data: Any) -> Iterator[Diagnostic]:
    if not isinstance(data, dict):
        yield Diagnostic("M202", "a spec must be a mapping", hint="start with `version: 1`")
        return
    if "version" not in data:
        yield Diagnostic("M204", "the spec lacks `version`", ("version",), hint="start with `version: 1`")
    for name in data:
        if name not in KEYS and not name.startswith("x-"):
            from mlopsc.spec.misplaced import unknown_key

            yield unknown_key((name,), tuple(KEYS))


def _overlays(data: Any, document: Document) -> Iterator[Diagnostic]:
    environments = data.get("environments") if isinstance(data, dict) else None
    for name, environment in (environments or {}).items() if isinstance(environments, dict) else ():
        for section in OVERLAID:
            part = environment.get(section) if isinstance(environment, dict) else None
            if isinstance(part, dict):
                try:
                    _reader(section).validate_python(part)
                except ValidationError as error:
                    at = ("environments", name, section)
                    yield from _explained(error, at, KEYS[section].type(), document, overlay=True)


def _explained(error: ValidationError, *about: Any, **more: Any) -> Iterator[Diagnostic]:
    from mlopsc.spec.complaints import complaints

    return complaints(error, *about, **more)


@cache
def _reader(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(KEYS[name].type())
