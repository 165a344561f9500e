"""The language as a tree that can be walked by path: for suggestions, `explain` and the tests."""

from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from mlopsc.diagnostics import Path
from mlopsc.spec.environments import Overlays
from mlopsc.spec.root import KEYS

Pattern = tuple[str, ...]
"""A path in which `*` stands for any name and `[]` for any item of a list."""


def unwrap(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return a type without Annotated and None, and the annotations it had."""
    notes: tuple[Any, ...] = ()
    while True:
        if get_origin(kind) is Annotated:
            kind, notes = kind.__origin__, (*kind.__metadata__, *notes)
        elif get_origin(kind) in (Union, UnionType) and NoneType in get_args(kind):
            kind = next(part for part in get_args(kind) if part is not NoneType)
        else:
            return kind, notes


def is_section(kind: Any) -> bool:
    """Say whether a type is a mapping with keys of its own; a plug-in's settings are one too."""
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def children(kind: Any) -> Mapping[str, Any]:
    """Return what may stand one step below a type, by key, `*` or `[]`."""
    core, notes = unwrap(kind)
    overlay = next((note.section for note in notes if isinstance(note, Overlays)), "")
    if overlay:
        return children(KEYS[overlay].type())
    if is_section(core):
        return {
            field.alias or name: Annotated[(field.annotation, field, *field.metadata)]
            for name, field in core.model_fields.items()
        }
    if get_origin(core) is dict and get_args(core)[1] is not Any:
        return {"*": get_args(core)[1]}
    return {"[]": get_args(core)[0]} if get_origin(core) is tuple else {}


def kind_at(path: Path) -> Any:
    """Return the type at a path, or None; names and indices stand for `*` and `[]`."""
    kind = KEYS[str(path[0])].type() if path and path[0] in KEYS else None
    return below(kind, path[1:])


def below(kind: Any, steps: Path) -> Any:
    """Return the type some steps below another, or None."""
    for step in steps:
        known = children(kind)
        kind = known.get("[]") if isinstance(step, int) or step == "[]" else known.get(step, known.get("*"))
    return kind


def known_keys(kind: Any) -> tuple[str, ...]:
    """Return the keys that may stand in a mapping of that type, as far as they are fixed."""
    return tuple(key for key in children(kind) if key not in ("*", "[]"))


@cache
def everywhere() -> tuple[tuple[Pattern, Any], ...]:
    """Return the pattern and type of every place of the language, overlays left out."""
    return tuple(place for name, key in KEYS.items() for place in _all_below((name,), key.type()))


def dotted(path: Path) -> str:
    """Return a path as it is written in messages: `drift.tests[0].method`."""
    text = ""
    for step in path:
        if isinstance(step, int) or step == "[]":
            text += "[]" if step == "[]" else f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def _all_below(at: Pattern, kind: Any) -> Iterator[tuple[Pattern, Any]]:
    yield at, kind
    if any(isinstance(note, Overlays) for note in unwrap(kind)[1]):
        return
    for step, inner in children(kind).items():
        yield from _all_below((*at, step), inner)
