"""Build the image of a version: VERSION=7. In CI, or with PUSH=1, it is pushed; else it stays here.

The context holds the version's model, its requirements and the Dockerfile, and nothing of the repository.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import local
import registry
import release
from build_context import lay_out
from digests import digest
from processes import git
from registry import MODEL_HASH, Registry
from settings import resolve
from state import alone
from verdict import Outcome

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion

COMMIT = "mlflow.source.git.commit"


def main() -> int:
    """Build; return 0 when it is done, 2 for an error."""
    return registry.run("image", build)


def build(store: Registry) -> Outcome:
    """Fetch the model of a version and build its image, from layers that earlier builds left."""
    number = release.asked()
    images = release.images(store.config)
    version = release.passed(store, number)
    if pushes() and "/" not in images.image:
        raise ValueError(
            f"{images.image} is a name for this machine alone: name an image in the spec to push it"
        )
    if pushes() and (there := _pushed(images.of(number))):
        # What is in service has this name: other bytes behind it would come into service unseen.
        lines = [f"{images.of(number)} was pushed before, as {there}"]
        return Outcome("done", {"version": int(number)}, lines)
    with alone("image", "waiting for another build of this clone"):
        context = local.folder() / "image"
        fetched = local.folder() / "image-model"
        for folder in (context, fetched):
            shutil.rmtree(folder, ignore_errors=True)
        _fill(context, fetched, store, version)
        metadata = context / "metadata.json"
        release.done(*_command(store.config, images, version, context, metadata))
        built = json.loads(metadata.read_text(encoding="utf-8")) if metadata.exists() else {}
        for folder in (context, fetched):
            shutil.rmtree(folder)
    reference, made = images.of(number), str(built.get("containerimage.digest", ""))
    where = "was pushed" if pushes() else "is on this machine; CI, or PUSH=1, pushes it"
    lines = [f"{reference} {where}", *([f"its digest is {made}"] if made else [])]
    return Outcome("done", {"version": int(number)}, lines, [{"image": reference, "digest": made}])


def _pushed(reference: str) -> str:
    """Return the digest of an image that is where images are pushed; empty when it is not there."""
    try:
        look = ("docker", "buildx", "imagetools", "inspect", "--format={{.Manifest.Digest}}", reference)
        return release.said(*look).strip()
    except ChildProcessError:
        return ""


def pushes() -> bool:
    """Say whether the image leaves this machine: in CI, unless PUSH says otherwise."""
    wish = os.environ.get("PUSH")
    return wish == "1" if wish else bool(os.environ.get("CI"))


def _fill(context: Path, fetched: Path, store: Registry, version: ModelVersion) -> None:
    """Lay out what the build may see."""
    from mlflow.artifacts import download_artifacts

    uri = str(resolve(store.config["tracking"]["uri"]))
    fetched.mkdir()
    model = Path(
        download_artifacts(
            artifact_uri=f"models:/{store.name}/{version.version}",
            dst_path=str(fetched),
            tracking_uri=uri,
            registry_uri=uri,
        )
    )
    # MLflow notes there where it has the model from.
    (model / "registered_model_meta").unlink(missing_ok=True)
    if (known := version.tags.get(MODEL_HASH)) and digest(str(model)) != known:
        raise ValueError(f"the model of version {version.version} is not the one that was registered")
    lay_out(context, model)


def _command(
    config: dict[str, Any], images: release.Images, version: ModelVersion, context: Path, metadata: Path
) -> list[str]:
    """Return the command line of the build."""
    number = str(version.version)
    labels = {"version": number, "revision": version.tags.get(COMMIT, ""), "source": _source()}
    cache = f"type=registry,ref={images.image}:{images.model}-buildcache"
    kept = [f"--cache-from={cache}", f"--cache-to={cache},mode=max", "--provenance=mode=min", "--push"]
    return [
        *("docker", "buildx", "build", f"--tag={images.of(number)}"),
        *(f"--label=org.opencontainers.image.{name}={value}" for name, value in labels.items() if value),
        f"--label=mlops.model_hash={version.tags.get(MODEL_HASH, '')}",
        f"--build-arg=PYTHON={release.delivery(config)['python']}",
        f"--build-arg=VERSION={number}",
        f"--metadata-file={metadata}",
        *(kept if pushes() else ("--provenance=false", "--load")),
        str(context),
    ]


def _source() -> str:
    """Return where the code lives, without a password; empty where git knows of no such place."""
    if repository := os.environ.get("GITHUB_REPOSITORY"):
        return f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{repository}"
    try:
        return re.sub(r"//[^@/]+@", "//", git("remote", "get-url", "origin").strip())
    except (ChildProcessError, FileNotFoundError):
        return ""


if __name__ == "__main__":
    sys.exit(main())
