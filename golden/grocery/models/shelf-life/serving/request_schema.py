"""The request and the answer as OpenAPI describes them."""

from __future__ import annotations

from typing import Any

from request_fields import Field

_TYPES = {
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "timestamp": {"type": "string", "format": "date-time"},
}
_FAULT = {
    "type": "object",
    "properties": {
        "row": {"type": "integer"},
        "field": {"type": ["string", "null"]},
        "found": {"type": "string"},
        "wanted": {"type": "string"},
    },
}
_REFUSAL = {
    "type": "object",
    "properties": {
        "error": {"type": "string"},
        "faults": {"type": "array", "items": _FAULT},
        "request_id": {"type": "string"},
    },
    "required": ["error", "request_id"],
}
_ANSWER = {
    "type": "object",
    "properties": {
        "predictions": {"type": "array", "items": {}},
        "model": {"type": "string"},
        "version": {"type": "string"},
        "request_id": {"type": "string"},
    },
    "required": ["predictions", "model", "version", "request_id"],
}
_CODES: dict[int | str, str] = {
    400: "The body is not JSON.",
    408: "The request took too long to arrive.",
    413: "The body is too large.",
    415: "The body is not said to be JSON.",
    422: "Fields that the model cannot take: each by name, what stood there, and what is wanted.",
    500: "The model failed; the log says more under the request id.",
    503: "Too many requests are waiting.",
}


def request(fields: dict[str, Field], most: int) -> dict[str, Any]:
    """Return the schema of a request: one row, or up to `most` rows."""
    row = {
        "type": "object",
        "properties": {field.name: _field(field) for field in fields.values()},
        "required": [field.name for field in fields.values() if not field.optional],
        "additionalProperties": False,
    }
    several = {
        "type": "object",
        "properties": {"rows": {"type": "array", "items": row, "minItems": 1, "maxItems": most}},
        "required": ["rows"],
        "additionalProperties": False,
    }
    return {"required": True, "content": {"application/json": {"schema": {"oneOf": [row, several]}}}}


def responses() -> dict[int | str, dict[str, Any]]:
    """Return what may be answered, by code."""
    said: dict[int | str, dict[str, Any]] = {200: _response("A prediction for each row, in order.", _ANSWER)}
    return said | {code: _response(about, _REFUSAL) for code, about in _CODES.items()}


def _field(field: Field) -> dict[str, Any]:
    known: dict[str, Any] = dict(_TYPES[field.kind])
    return known | {"type": [known["type"], "null"]} if field.nullable else known


def _response(about: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": about, "content": {"application/json": {"schema": schema}}}
