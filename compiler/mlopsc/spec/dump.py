"""Spec -> what a person may read: every value in its notation, defaults filled in, schedules in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, TypeAdapter

from mlopsc.defaults import decided
from mlopsc.diagnostics import Path
from mlopsc.spec.root import KEYS, Spec
from mlopsc.spec.units.schedules import Schedule


@dataclass(frozen=True, slots=True)
class Told:
    """What is said about a value besides itself: what it means, and why it is the default."""

    words: str = ""
    reason: str = ""


def tell(spec: Spec) -> tuple[dict[str, Any], dict[Path, Told]]:
    """Return the spec as plain data in the order of the language, and remarks by path."""
    values: dict[str, Any] = {}
    remarks: dict[Path, Told] = {}
    for name, key in KEYS.items():
        value = getattr(spec, name)
        if value is not None and value != ():
            values[name] = TypeAdapter(key.type()).dump_python(value, by_alias=True, exclude_none=True)
            remarks |= {path: Told(s.say()) for path, s in _schedules(value, (name,)) if s.say() != s.text}
    for path, value, reason in decided(spec):
        _put(values, path, value)
        words = Schedule.read(value).say() if path[-1] == "schedule" else ""
        remarks[path] = Told(words, reason)
    return {name: _plain(values[name]) for name in KEYS if name in values}, remarks


def _schedules(value: Any, path: Path) -> Iterator[tuple[Path, Schedule]]:
    if isinstance(value, Schedule):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _schedules(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, Mapping):
        for name, below in value.items():
            yield from _schedules(below, (*path, name))
    elif isinstance(value, tuple):
        for index, below in enumerate(value):
            yield from _schedules(below, (*path, index))


def _put(values: dict[str, Any], path: Path, value: Any) -> None:
    for step in path[:-1]:
        values = values.setdefault(str(step), {})
    values[str(path[-1])] = value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(below) for name, below in value.items()}
    return [_plain(below) for below in value] if isinstance(value, list | tuple) else value
