"""The JSON Schema of an environment's overlay: any part of a section, null removes."""

from typing import Any

from mlopsc.spec.parse import OVERLAID

Schema = dict[str, Any]
_ABOUT = ("title", "description", "examples")
_PREFIX = "#/$defs/"


def overlaid(
    definitions: dict[str, Schema], properties: dict[str, Schema], units: dict[str, Schema]
) -> dict[str, Schema]:
    """Return the definitions with those of the parts, to which the environment now refers.

    A unit, such as a reference, has no parts.
    """
    parts = _Parts(definitions, units)
    environment = definitions["Environment"]
    for section in OVERLAID:
        field = environment["properties"][section]
        about = {key: field[key] for key in ("description", "examples") if key in field}
        environment["properties"][section] = {**parts.nullable(properties[section]), **about}
    return {**definitions, **parts.made, **units}


class _Parts:
    """Makes the partial twin of each definition that an overlay can reach."""

    def __init__(self, definitions: dict[str, Schema], units: dict[str, Schema]) -> None:
        self._definitions = definitions
        self._units = units
        self.made: dict[str, Schema] = {}

    def nullable(self, schema: Schema) -> Schema:
        """Return the schema of a part, or null."""
        part = self._part(schema)
        about: Schema = {key: part.pop(key) for key in _ABOUT if key in part}
        part.pop("default", None)
        return {**about, "anyOf": [part, {"type": "null"}]}

    def _part(self, schema: Schema) -> Schema:
        found = dict(schema)
        if "$ref" in found:
            return {**found, "$ref": self._twin(found["$ref"])}
        if "anyOf" in found:
            found["anyOf"] = [self._part(option) for option in found["anyOf"]]
        if "properties" in found:
            found["properties"] = {name: self.nullable(below) for name, below in found["properties"].items()}
            found.pop("required", None)
        if isinstance(found.get("additionalProperties"), dict):
            found["additionalProperties"] = self.nullable(found["additionalProperties"])
        found.pop("minProperties", None)
        return found

    def _twin(self, ref: str) -> str:
        name = ref.removeprefix(_PREFIX)
        twin = f"{name}Part"
        if name in self._units or not _is_mapping(self._definitions[name]):
            return ref
        if twin not in self.made:
            self.made[twin] = {}
            self.made[twin] = self._part(self._definitions[name])
        return f"{_PREFIX}{twin}"


def _is_mapping(schema: Schema) -> bool:
    return "properties" in schema or any("properties" in option for option in schema.get("anyOf", ()))
