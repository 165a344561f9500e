"""What is applied to bring a version into service: the environment's overlay, with the version's image.

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
    """Return the objects of the overlay, the Deployment with the image of a version.

    Raises FileNotFoundError where the overlay is not there, ValueError where it has no such Deployment,
    ChildProcessError where kubectl cannot build it.
    """
    import yaml

    if not place:
        raise ValueError("the environment has no cluster, and so no manifests")
    folder = Path(place["overlay"])
    if not folder.is_dir():
        raise FileNotFoundError(
            f"{folder} is not there: `mlopsc compile` writes it; if it is yours (`own`), put it back"
        )
    objects = [each for each in yaml.safe_load_all(said("kubectl", "kustomize", str(folder))) if each]
    deployment = the_deployment(objects, images.model)
    if deployment is None:
        raise ValueError(f"{folder} has no Deployment {images.model}")
    container(deployment)["image"] = images.of(number)
    return objects


def the_deployment(objects: list[Object], name: str) -> Object | None:
    """Return the Deployment of a name; None where there is none."""
    named = (each for each in objects if each["kind"] == "Deployment")
    return next((each for each in named if each["metadata"]["name"] == name), None)


def container(deployment: Object) -> Object:
    """Return the container that serves: the one of the Deployment's name, or the only one."""
    name = deployment["metadata"]["name"]
    found: list[Object] = deployment["spec"]["template"]["spec"]["containers"]
    named = [each for each in found if each["name"] == name] or found
    if len(named) > 1:
        raise ValueError(f"none of the containers of the Deployment {name} is called {name}")
    return named[0]


def as_list(objects: list[Object]) -> bytes:
    """Return objects as one text for kubectl."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}).encode()


if __name__ == "__main__":
    sys.exit(main())
