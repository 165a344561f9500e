"""What an InferenceService says, and the parts of a JSON patch that make it say something else."""

from __future__ import annotations

from typing import Any

from rollout_api import Object

BEFORE = "mlops/before"
PREDICTOR = "/spec/predictor"


def container(containers: list[Object]) -> Object:
    """Return the container that serves."""
    named = [each for each in containers if each.get("name") == "kserve-container"]
    return (named or containers)[0]


def imaged(found: Object, image: str) -> list[Object]:
    """Return what gives spec.predictor an image; nothing where it has it."""
    there = found["spec"]["predictor"]["containers"]
    serving = container(there)
    if serving["image"] == image:
        return []
    place = f"{PREDICTOR}/containers/{there.index(serving)}/image"
    return [
        {"op": "test", "path": place, "value": serving["image"]},
        {"op": "replace", "path": place, "value": image},
    ]


def noted(found: Object, before: str) -> list[Object]:
    """Return what writes the image that ran before beside the service, or takes it away."""
    annotations = found["metadata"].get("annotations")
    place = f"/metadata/annotations/{BEFORE.replace('/', '~1')}"
    if not before:
        return [{"op": "remove", "path": place}] if BEFORE in (annotations or {}) else []
    if (annotations or {}).get(BEFORE) == before:
        return []
    made = [] if annotations is not None else [{"op": "add", "path": "/metadata/annotations", "value": {}}]
    return [*made, {"op": "add", "path": place, "value": before}]


def put(name: str, value: Any) -> list[Object]:
    """Return what gives a field of spec.predictor a value."""
    return [{"op": "add", "path": f"{PREDICTOR}/{name}", "value": value}]


def percent(found: Object) -> int | None:
    """Return the percent of the latest revision; None where it has all."""
    said = found["spec"]["predictor"].get("canaryTrafficPercent")
    return None if said is None else int(said)


def canaries(found: Object) -> list[Object]:
    """Return the entries that are on trial."""
    return list(found["spec"].get("canary") or [])


def condition(found: Object, kind: str) -> str:
    """Return why a condition does not hold; empty where it does."""
    for each in found.get("status", {}).get("conditions", []):
        if each.get("type") == kind:
            if each.get("status") == "True":
                return ""
            return (
                f"{kind} is {each.get('status')}: {each.get('reason', '')} {each.get('message', '')}".strip()
            )
    return f"{kind} is not told"
