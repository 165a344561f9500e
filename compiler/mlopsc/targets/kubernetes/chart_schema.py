"""values.schema.json: what Helm refuses before it makes anything of it."""

from typing import Any

from mlopsc.targets.kubernetes.chart import Chart

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 1}
# kubernetes.io/docs/concepts/overview/working-with-objects/labels and …/names, "DNS Label Names".
_LABEL = {"type": "string", "pattern": "^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$"}
_NAME_OR_NOTHING = {"type": "string", "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?)?$"}
# github.com/distribution/reference: a tag, and a repository that has none.
_TAG = {"type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$"}
_REPOSITORY = {"type": "string", "pattern": "^[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9._-]+)*$"}
_QUANTITY = {"type": ["string", "integer"], "pattern": "^[0-9]+([.][0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$"}
_ADDRESS = "^http://[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:[0-9]+)?$"
_NAME = {"type": "string", "pattern": "^[a-z]([-a-z0-9]*[a-z0-9])?$"}
_PORT = {"type": "integer", "minimum": 1, "maximum": 65535}
_AMOUNTS = {"type": "object", "additionalProperties": _QUANTITY}


def schema(chart: Chart) -> dict[str, Any]:
    """Return the schema of a chart's values."""
    properties = {
        "environment": {"enum": [place.environment for place in chart.places]},
        "labels": {"type": "object", "additionalProperties": _LABEL},
        "annotations": {"type": "object", "additionalProperties": _TEXT},
        "image": _image(),
        **({"canary": {"type": "boolean"}} if chart.mixed else {}),
        **({"controllerPorts": {"type": "array", "items": _PORT}} if chart.shifting else {}),
        "replicas": _COUNT,
        "autoscaling": _autoscaling(),
        "resources": _closed({"requests": _AMOUNTS, "limits": _AMOUNTS}),
        "predictionLog": {"type": "string", "pattern": "^(/.+|[a-z0-9+.-]+://.+)?$"},
        **({"abTest": _test()} if chart.tests else {}),
        # Helm's own, for charts within charts.
        "global": {"type": "object"},
    }
    required = [name for name in properties if name != "global"]
    return {"$schema": "http://json-schema.org/draft-07/schema#", **_closed(properties, required)}


def _image() -> dict[str, Any]:
    properties = {"repository": _REPOSITORY, "tag": _TAG, "pullSecret": _NAME_OR_NOTHING}
    return _closed(properties, list(properties))


def _test() -> dict[str, Any]:
    """Either nothing, or all of it; the share is text, so that everybody writes it alike."""
    share = {"type": "string", "pattern": "^0[.][0-9]+$"}
    properties = {"url": {"type": "string", "pattern": _ADDRESS}, "experiment": _NAME, "share": share}
    whole = {"if": {"minProperties": 1}, "then": {"required": list(properties)}}
    return {**_closed(properties), **whole}


def _autoscaling() -> dict[str, Any]:
    """A share of the processor is whole percent, a level of any other metric a quantity."""
    properties = {
        "enabled": {"type": "boolean"},
        "minReplicas": _COUNT,
        "maxReplicas": _COUNT,
        "metric": {"type": "string", "minLength": 1},
        "target": _QUANTITY,
        "scaleDownSeconds": {"type": "integer", "minimum": 0, "maximum": 3600},
    }
    percent = {"properties": {"target": {"type": "integer", "minimum": 1, "maximum": 100}}}
    by_processor = {
        "if": {"properties": {"metric": {"const": "cpu"}}, "required": ["metric"]},
        "then": percent,
    }
    whole = {"if": {"properties": {"enabled": {"const": True}}}, "then": {"required": list(properties)[:5]}}
    return {**_closed(properties, ["enabled"]), "allOf": [whole, by_processor]}


def _closed(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    """Return an object of nothing but these: a typing error must not pass as a value that nobody reads."""
    asked = {"required": required} if required else {}
    return {"type": "object", "additionalProperties": False, **asked, "properties": properties}
