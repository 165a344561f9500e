"""The schemas of all objects: Kubernetes' own, and those of the projects whose custom resources we write."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate

CUSTOM = Path(__file__).parents[2] / "data" / "crd-schemas"
# The newest that is known, and the oldest that its makers still mend.
VERSIONS = ("1.37", "1.34")


def check(found: dict[str, Any]) -> None:
    """Raise for an object that nobody knows, or that has a field too many or one of another type."""
    group, _, version = found["apiVersion"].rpartition("/")
    if (CUSTOM / group).is_dir() and group:
        _validator(group, found["kind"].lower(), version).validate(found)
        return
    for known in VERSIONS:
        kubernetes_validate.validate(found, known, strict=True)


@cache
def _validator(group: str, kind: str, version: str) -> jsonschema.Draft7Validator:
    """Return the validator of a custom resource; raise FileNotFoundError where there is no such kind."""
    text = (CUSTOM / group / f"{kind}_{version}.json").read_text(encoding="utf-8")
    return jsonschema.Draft7Validator(json.loads(text))
