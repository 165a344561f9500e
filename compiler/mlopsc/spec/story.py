"""What can be told about a field: for `explain`, hints and the field reference."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from mlopsc.spec.root import KEYS
from mlopsc.spec.units.written import Form, Written
from mlopsc.spec.walk import Pattern, dotted, everywhere, is_section, known_keys, unwrap


@dataclass(frozen=True, slots=True)
class Story:
    """A field: `type` is in words, `default` and `example` are YAML (empty when there is none)."""

    path: str
    about: str
    type: str
    meaning: str
    required: bool
    default: str
    example: str
    allowed: tuple[str, ...]
    keys: tuple[str, ...]

    def text(self) -> str:
        """Return the story as it is printed."""
        default = "required" if self.required else f"default: {self.default}" if self.default else ""
        example = f"example: {self.path.rpartition('.')[2].removesuffix('[]')}: {self.example}"
        keys = f"keys: {', '.join(self.keys)}" if self.keys else ""
        lines = (
            self.path,
            self.about,
            f"type: {self.type}",
            self.meaning,
            default,
            keys,
            example if self.example else "",
        )
        return "\n".join(line for line in lines if line)


def stories() -> Iterator[Story]:
    """Yield the story of every field of the language, in its order."""
    for pattern, kind in everywhere():
        yield _story(pattern, kind)


def field_names() -> tuple[str, ...]:
    """Return every field as it is written, `drift.tests[].method` or `validation.columns.*.nulls`."""
    return tuple(dotted(pattern) for pattern, _ in everywhere())


def field_story(field: str) -> str:
    """Return what is told about a field; raises KeyError when there is no such field."""
    return next((story.text() for story in stories() if story.path == field), "") or _no_field(field)


def example_of(kind: Any) -> str:
    """Return an example of a value of a type, as YAML in one line; empty when there is none."""
    field = _field(kind)
    return yaml_line(field.examples[0]) if field and field.examples else ""


def yaml_line(value: Any) -> str:
    """Return a value as YAML in one line, as a person would write it."""
    if isinstance(value, Written):
        value = value.written()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {yaml_line(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(yaml_line, value)) + "]"
    if isinstance(value, str):
        return value if _plain(value) else f"'{value}'"
    return json.dumps(value)


def type_in_words(kind: Any) -> str:
    """Return what a type accepts, in words."""
    core, notes = unwrap(kind)
    form = next((note for note in notes if isinstance(note, Form)), None)
    words = form.words if form else getattr(core, "words", "")
    if words:
        return str(words)
    if get_origin(core) is Literal:
        return "one of " + ", ".join(f"`{word}`" for word in _allowed(core))
    if get_origin(core) is tuple:
        return f"a list, each item {type_in_words(get_args(core)[0])}"
    if get_origin(core) is dict and get_args(core)[1] is not Any:
        return f"a mapping by name, each value {type_in_words(get_args(core)[1])}"
    return "true or false" if core is bool else "a mapping"


def _story(pattern: Pattern, kind: Any) -> Story:
    field, core = _field(kind), unwrap(kind)[0]
    key = KEYS[pattern[0]] if len(pattern) == 1 else None
    default = key.default if key else None if field is None or field.is_required() else field.default
    return Story(
        path=dotted(pattern),
        about=key.about if key else (field.description or "") if field else _doc(core),
        type=type_in_words(kind),
        meaning=str(getattr(core, "story", "")),
        required=pattern == ("version",) or bool(field and not key and field.is_required()),
        default="" if default is None or default in ((), {}) else yaml_line(default),
        example=yaml_line(key.example) if key and key.example is not None else example_of(kind),
        allowed=_allowed(core),
        keys=known_keys(kind),
    )


def _doc(core: Any) -> str:
    return (core.__doc__ or "").partition("\n")[0] if is_section(core) else ""


def _allowed(core: Any) -> tuple[str, ...]:
    words = get_args(core) if get_origin(core) is Literal else ()
    return tuple(word if isinstance(word, str) else json.dumps(word) for word in words)


def _plain(value: str) -> bool:
    return re.fullmatch(r"(?![0-9.]+$)[A-Za-z0-9./][^{}\[\],#&*!|>'\"%@`:]*|[0-9]+%", value) is not None


def _field(kind: Any) -> FieldInfo | None:
    return next((note for note in unwrap(kind)[1] if isinstance(note, FieldInfo) and note.examples), None)


def _no_field(field: str) -> str:
    raise KeyError(field)
