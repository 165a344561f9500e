"""JSON Schema 2020-12 of the whole language; it accepts what `parse` accepts and nothing else."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from mlopsc.spec.overlay_schema import overlaid
from mlopsc.spec.root import KEYS, Spec
from mlopsc.spec.units.written import Written

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Generator(GenerateJsonSchema):
    """Leaves out what says nothing (titles of fields, null defaults) and closes mappings of names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
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
    adapters = [(name, "validation", TypeAdapter(key.type())) for name, key in KEYS.items()]
    schemas, rest = TypeAdapter.json_schemas(adapters, schema_generator=_Generator)  # type: ignore[arg-type]
    definitions = rest.get("$defs", {})
    properties = {name: {**schemas[name, "validation"], **_about(name)} for name in KEYS}  # type: ignore[index]
    return {
        "$schema": _DIALECT,
        "title": "mlops.yaml",
        "description": (Spec.__doc__ or "").split("\n")[0],
        "type": "object",
        "properties": properties,
        "required": ["version"],
        "patternProperties": {"^x-": True},
        "additionalProperties": False,
        "$defs": dict(sorted(overlaid(definitions, properties).items())),
    }


def text() -> str:
    """Return the schema as it stands in schemas/mlops.schema.json."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _about(name: str) -> dict[str, Any]:
    return dict(_said(name))


def _said(name: str) -> Iterator[tuple[str, Any]]:
    key = KEYS[name]
    yield "description", key.about
    if key.default not in (None, ()) and name != "version":
        yield "default", key.default
    if key.example is not None:
        yield "examples", [key.example]
