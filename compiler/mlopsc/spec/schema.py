"""JSON Schema 2020-12 of the whole language; it accepts what `parse` accepts and nothing else."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

from mlopsc.spec.overlay_schema import overlaid
from mlopsc.spec.root import KEYS, Spec
from mlopsc.spec.story import field_names, field_story
from mlopsc.spec.units.written import UNIT, Written

__all__ = ["field_names", "field_story", "json_schema", "text"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Generator(GenerateJsonSchema):
    """Leaves out what says nothing (titles of fields, null defaults) and closes mappings of names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        found = super().default_schema(schema)
        return {key: value for key, value in found.items() if key != "default" or value is not None}

    def encode_default(self, dft: Any) -> Any:
        return dft.written() if isinstance(dft, Written) else super().encode_default(dft)

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        found: JsonSchemaValue = {"type": "object"}
        if "keys_schema" in schema and schema["keys_schema"]["type"] != "str":
            found["propertyNames"] = self.generate_inner(schema["keys_schema"])
        found["additionalProperties"] = self.generate_inner(schema["values_schema"]) or True
        if "min_length" in schema:
            found["minProperties"] = schema["min_length"]
        return found


def json_schema() -> dict[str, Any]:
    """Return the schema; its order is that of the models, so its text is stable."""
    adapters: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = [
        (name, "validation", TypeAdapter(key.type())) for name, key in KEYS.items()
    ]
    schemas, rest = TypeAdapter.json_schemas(adapters, schema_generator=_Generator)
    units: dict[str, Any] = {}
    definitions = _hoisted(rest.get("$defs", {}), units)
    properties = {
        name: {**_hoisted(schemas[name, "validation"], units), **dict(_said(name))} for name in KEYS
    }
    return {
        "$schema": _DIALECT,
        "title": "mlops.yaml",
        "description": (Spec.__doc__ or "").split("\n")[0],
        "type": "object",
        "properties": properties,
        "required": ["version"],
        "patternProperties": {"^x-": True},
        "additionalProperties": False,
        "$defs": dict(sorted(overlaid(definitions, properties, units).items())),
    }


def text() -> str:
    """Return the schema as it stands in schemas/mlops.schema.json."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _hoisted(schema: Any, units: dict[str, Any]) -> Any:
    """Return the schema with a reference in the place of each unit, which is put into `units`."""
    if isinstance(schema, list):
        return [_hoisted(item, units) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _hoisted(value, units) for key, value in schema.items() if key != UNIT}
    if UNIT in schema:
        units[schema[UNIT]["title"]] = schema[UNIT]
        return {"$ref": f"#/$defs/{schema[UNIT]['title']}", **found}
    return found


def _said(name: str) -> Iterator[tuple[str, Any]]:
    key = KEYS[name]
    yield "description", key.about
    if key.default not in (None, ()) and name != "version":
        yield "default", key.default
    if key.example is not None:
        yield "examples", [key.example]
