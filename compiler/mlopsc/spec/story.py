"""What can be told about a field: for `explain`, hints and the field reference."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from mlopsc.diagnostics import Path
from mlopsc.spec.root import KEYS
from mlopsc.spec.units.written import Form, Written
from mlopsc.spec.walk import children, dotted, everywhere, is_section, kind_at, unwrap


@dataclass(frozen=True, slots=True)
class Story:
    """A field: `type` is in words, `default` and `example` as YAML (empty when there is none)."""

    path: str
    about: str
    type: str
    required: bool
    default: str
    example: str
    allowed: tuple[str, ...]
    keys: tuple[str, ...]


def field_story(field: str) -> Story | None:
    """Return the story of a field such as `drift.tests[].method`; None when there is no such field.

    Names and indices may stand where the language has `*` and `[]`.
    """
    path = tuple(field.replace("[]", ".[]").replace("[", ".").replace(".]", ".[]").replace("]", "").split("."))
    return _story(tuple("[]" if step in ("[", "") or step.isdigit() else step for step in path))


def stories() -> Iterator[Story]:
    """Yield the story of every field of the language."""
    for pattern, _ in everywhere():
        story = _story(pattern)
        if story:
            yield story


def example_of(path: Path) -> str:
    """Return an example of the value at a path, as YAML in one line."""
    field = _field(kind_at(path))
    if field and field.examples:
        return yaml_line(field.examples[0])
    kind = unwrap(kind_at(path))[0]
    return "{…}" if is_section(kind) or get_origin(kind) is dict else "…"


def yaml_line(value: Any) -> str:
    """Return a value as YAML in one line, as a person would write it."""
    if isinstance(value, Written):
        value = value.written()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {yaml_line(below)}" for name, below in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(yaml_line, value)) + "]"
    if isinstance(value, str):
        plain = value and value[0].isalpha() and not set(value) & set("{}[],#") and ": " not in value
        return value if plain or value[-1:] in ("%", "s", "m", "h", "d") else f"'{value}'"
    return json.dumps(value)


def type_in_words(kind: Any) -> str:
    """Return what a type accepts, in words."""
    core, notes = unwrap(kind)
    form = next((note for note in notes if isinstance(note, Form)), None)
    if form:
        return form.words
    if isinstance(core, type) and issubclass(core, Written):
        return core.words
    if get_origin(core) is Literal:
        return "one of " + ", ".join(f"`{str(word).lower()}`" for word in get_args(core))
    if get_origin(core) is tuple:
        return f"a list; each item is {type_in_words(get_args(core)[0])}"
    if get_origin(core) is dict and get_args(core)[1] is not Any:
        return f"a mapping of names; each value is {type_in_words(get_args(core)[1])}"
    return "true or false" if core is bool else getattr(core, "words", "a mapping")


def _story(path: tuple[str, ...]) -> Story | None:
    kind = kind_at(path)
    if kind is None:
        return None
    field, key = _field(kind), KEYS[path[0]] if len(path) == 1 else None
    default = key.default if key else field.default if field and not field.is_required() else None
    core = unwrap(kind)[0]
    return Story(
        path=dotted(path),
        about=key.about if key else (field.description or "") if field else (core.__doc__ or "").split("\n")[0],
        type=type_in_words(kind),
        required=path == ("version",) or bool(field and field.is_required()),
        default="" if default is None or default in ((), {}) or path == ("version",) else yaml_line(default),
        example=yaml_line(key.example) if key and key.example is not None else example_of(path),
        allowed=tuple(str(word).lower() for word in get_args(core)) if get_origin(core) is Literal else (),
        keys=tuple(step for step in children(kind) if step not in ("*", "[]")),
    )


def _field(kind: Any) -> FieldInfo | None:
    return next((note for note in unwrap(kind)[1] if isinstance(note, FieldInfo)), None)
