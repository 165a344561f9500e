"""What is applied to bring a version into service: the environment's overlay or chart, with its image.

manifests.py   print it for VERSION=7 and MLOPS_ENV; nothing is applied, and no cluster is asked
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import release
from release import Images, said
from settings import settings

Object = dict[str, Any]
# Where the pods of what serves are described.
PODS = {
    "Deployment": ("spec", "template", "spec"),
    "Rollout": ("spec", "template", "spec"),
    "InferenceService": ("spec", "predictor"),
}


def main() -> int:
    """Print the manifests; return 0, or 2 for an error."""
    import yaml

    try:
        config = settings()
        found = built(config.get("manifests", {}), release.images(config), release.asked())
    except (ValueError, OSError) as fault:
        print(f"manifests: {fault}", file=sys.stderr)
        return 2
    print(yaml.safe_dump_all(found, sort_keys=False, allow_unicode=True), end="")
    return 0


def built(place: dict[str, str], images: Images, number: str) -> list[Object]:
    """Return the objects of the environment, what serves with the image of a version.

    Raises FileNotFoundError where the manifests are not there, ValueError where nothing in them serves,
    ChildProcessError where they cannot be built.
    """
    if not place:
        raise ValueError("the environment has no cluster, and so no manifests")
    objects = rendered(place)
    serving = [each for each in objects if serves(each, images.model)]
    if not serving:
        raise ValueError(f"{folder(place)} has no Deployment {images.model}")
    for each in serving:
        container(each)["image"] = images.of(number)
    return objects


def rendered(place: dict[str, str]) -> list[Object]:
    """Return the objects as they stand in the environment's manifests."""
    import yaml

    if not folder(place).is_dir():
        raise FileNotFoundError(
            f"{folder(place)} is not there: `mlopsc compile` writes it; if it is yours (`own`), put it back"
        )
    command = ["kubectl", "kustomize", str(folder(place))]
    if "chart" in place:
        # Without the dot it would be looked for in repositories.
        own = (f"--values={place['values']}", f"--namespace={place['namespace']}")
        command = ["helm", "template", f"./{folder(place)}", *own]
    return [each for each in yaml.safe_load_all(said(*command)) if each]


def folder(place: dict[str, str]) -> Path:
    """Return where the manifests of an environment are: a chart, or the overlay."""
    return Path(place.get("chart") or place["overlay"])


def serves(each: Object, model: str) -> bool:
    """Say whether an object runs pods of the model's image."""
    names = (model, f"{model}-stable", f"{model}-canary")
    return each["kind"] in PODS and each["metadata"]["name"] in names


def the_deployment(objects: list[Object], name: str) -> Object | None:
    """Return the Deployment of a name; None where there is none."""
    named = (each for each in objects if each["kind"] == "Deployment")
    return next((each for each in named if each["metadata"]["name"] == name), None)


def container(workload: Object) -> Object:
    """Return the container that serves: the one of the model's name, or the only one."""
    pods: Object = workload
    for key in PODS[workload.get("kind", "Deployment")]:
        pods = pods[key]
    name = workload["metadata"]["name"]
    names = (name, name.removesuffix("-stable").removesuffix("-canary"))
    found: list[Object] = pods["containers"]
    named = [each for each in found if each["name"] in names] or found
    if len(named) > 1:
        raise ValueError(f"none of the containers of the Deployment {name} is called {names[-1]}")
    return named[0]


def as_list(objects: list[Object]) -> bytes:
    """Return objects as one text for kubectl."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}).encode()


if __name__ == "__main__":
    sys.exit(main())
