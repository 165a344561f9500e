"""The JSON Schema: current, valid, and complete in prose."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
from mlopsc.spec.parse import OVERLAID
from mlopsc.spec.root import KEYS
from mlopsc.spec.schema import json_schema, text

COMMITTED = Path(__file__).parents[3] / "schemas" / "mlops.schema.json"


def mappings(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield each schema of a mapping with keys of its own."""
    if isinstance(schema, dict):
        if "properties" in schema and isinstance(schema["properties"], dict):
            yield schema
        for value in schema.values():
            yield from mappings(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from mappings(value)


def test_the_committed_schema_is_that_of_the_models() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == text(), "run `make schema`"


def test_it_is_a_schema_of_2020_12() -> None:
    schema = json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(schema["properties"]) == list(KEYS)


def test_every_reference_leads_somewhere() -> None:
    schema = json_schema()
    references = set(_references(schema))
    assert {f"#/$defs/{name}" for name in schema["$defs"]} == references
    assert "x-unit" not in json.dumps(schema)


def test_every_mapping_is_closed() -> None:
    for schema in mappings(json_schema()):
        free = schema.get("title") == "Expectation"
        assert schema.get("additionalProperties") is free, schema.get("title")


def test_every_field_is_described() -> None:
    for schema in mappings(json_schema()):
        for name, field in schema["properties"].items():
            reference = name in ("env", "secret")
            assert reference or len(field.get("description", "")) >= 4, (schema.get("title"), name)


def test_examples_and_defaults_are_valid() -> None:
    schema = json_schema()
    for mapping in mappings(schema):
        for name, field in mapping["properties"].items():
            here = {**field, "$defs": schema["$defs"]}
            for value in [*field.get("examples", ()), *([field["default"]] if "default" in field else ())]:
                jsonschema.Draft202012Validator(here).validate(value)
                assert name


def test_overlays_require_nothing() -> None:
    schema = json_schema()
    assert set(OVERLAID) < set(schema["$defs"]["Environment"]["properties"])
    for name, definition in schema["$defs"].items():
        assert not (name.endswith("Part") and "required" in definition), name


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for value in schema.values():
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)
