"""Every place of the language where text may stand, enumerated from its JSON Schema; and specs that have it."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlopsc.source import read_document
from mlopsc.spec.schema import json_schema

DATA = Path(__file__).parents[1] / "data"
SPECS = Path(__file__).parents[2] / "specs"
EACH, KEY, ANY = "*", "<key>", "<any>"
Steps = tuple[str | int, ...]
Data = dict[str, Any]
SCHEMA = json_schema()
# One image serves all environments: whatever stands there is refused (M304), and gets nowhere.
REFUSED = [("environments", EACH, "serving", name) for name in ("runtime", "inputs")]
# What every spec needs; the rest of a specimen is what the section under test needs.
ALWAYS = ("version", "model", "data", "validation")


@dataclass(frozen=True)
class Field:
    """A place for text: `*` stands for any key, 0 for any item, `<key>` for a key itself.

    `unit` names the kind of text, `examples` are those of the schema, or the first allowed word.
    """

    steps: Steps
    unit: str
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ".".join(map(str, self.steps))

    @property
    def is_key(self) -> bool:
        return self.steps[-1] == KEY


def fields() -> list[Field]:
    """Return all of them, one for each place and kind of text."""
    known = (field for field in _walk(SCHEMA, (), (), "") if field.steps[:4] not in REFUSED)
    found = {(field.steps, field.unit): field for field in known}
    return sorted(found.values(), key=lambda field: (str(field), field.unit))


def _walk(schema: Any, steps: Steps, above: tuple[Any, ...], unit: str) -> Iterator[Field]:
    schema, unit = _resolved(schema, unit)
    examples = (*schema.get("examples", ()), *schema.get("enum", ())[:1], *above)
    for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _walk(each, steps, examples, unit)
    if "string" in _listed(schema.get("type")):
        yield Field(steps, unit or "pattern", tuple(each for each in examples if isinstance(each, str)))
    if "items" in schema:
        yield from _walk(schema["items"], (*steps, 0), _inside(examples, 0), "")
    for name, each in schema.get("properties", {}).items():
        yield from _walk(each, (*steps, name), _inside(examples, name), "")
    if "propertyNames" in schema:
        yield Field((*steps, KEY), _resolved(schema["propertyNames"], "")[1])
    if schema.get("additionalProperties") is True:
        yield Field((*steps, ANY), "any", ("text",))
    elif schema.get("additionalProperties"):
        yield from _walk(schema["additionalProperties"], (*steps, EACH), (), "")


def _resolved(schema: Any, unit: str) -> tuple[Any, str]:
    while isinstance(schema, dict) and "$ref" in schema:
        unit = schema["$ref"].rsplit("/", 1)[1]
        found = SCHEMA["$defs"][unit]
        examples = [*schema.get("examples", ()), *found.get("examples", ())]
        schema = {**found, **{k: v for k, v in schema.items() if k != "$ref"}, "examples": examples}
    return schema, unit


def _listed(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]


def _inside(examples: tuple[Any, ...], step: str | int) -> tuple[Any, ...]:
    return tuple(each[step] for each in examples if _has(each, step))


@functools.cache
def specimens() -> tuple[Data, ...]:
    """Return specs that together have every section: those of tests/data, largest first."""
    north_star = [DATA / "north-star" / name for name in ("churn.yaml", "demand.yaml", "ltv.yaml")]
    files = [*SPECS.glob("*/mlops.yaml"), *(DATA / "specimens").glob("*.yaml"), *north_star]
    plain = [_plain(read_document(path.read_bytes(), path.name).root.data()) for path in sorted(files)]
    # A house writes no file, so it shows least.
    return tuple(sorted(plain, key=lambda data: "models" in data))


def _plain(data: Any) -> Data:
    assert isinstance(data, dict)
    return {key: value for key, value in data.items() if key not in ("own", "extends")}


def places(field: Field, data: Data) -> Iterator[Steps]:
    """Yield the concrete paths of a field in a spec; none where a mapping has no name to put for a `*`."""
    return _places(field.steps, data)


def _places(steps: Steps, node: Any) -> Iterator[Steps]:
    if not steps:
        yield ()
        return
    here: list[str | int] = [steps[0]]
    if steps[0] in (EACH, KEY, ANY):
        here = list(node) if isinstance(node, dict) else []
    elif isinstance(steps[0], int) and isinstance(node, list):
        here = list(range(len(node)))
    for step in here:
        inner = node[step] if _has(node, step) else None
        yield from ((step, *rest) for rest in _places(steps[1:], inner))


def _has(node: Any, step: Any) -> bool:
    if isinstance(node, dict):
        return step in node
    return isinstance(node, list) and isinstance(step, int) and step < len(node)


def put(data: Any, field: Field, path: Steps, value: Any, alone: bool = False) -> Any:
    """Return a copy of the spec with another value, or another key, at the path.

    What is missing above it is made; `alone` says that nothing may stand beside it.
    """
    if not path:
        return value
    step, last = path[0], len(path) == 1
    if isinstance(step, int):
        items = data if isinstance(data, list) else [None]
        inner = put(items[step], field, path[1:], value, alone)
        return [*items[:step], inner, *items[step + 1 :]]
    found = data if isinstance(data, dict) and not (last and alone) else {}
    if last and field.is_key:
        return {value if key == step else key: inner for key, inner in found.items()}
    return {**found, step: put(found.get(step), field, path[1:], value, alone)}


def get(data: Any, path: Steps) -> Any:
    """Return what stands at a path; None for nothing."""
    for step in path:
        if not _has(data, step):
            return None
        data = data[step]
    return data
