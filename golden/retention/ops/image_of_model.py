"""Build the image of a model, to stay on this machine: VERSION=7 of the registry, or MODEL=folder."""

from __future__ import annotations

import shutil
import subprocess  # nosec B404
import sys

import local
import verdict
from build_context import lay_out
from chosen_model import chosen
from settings import settings
from verdict import Outcome


def main() -> int:
    """Build; return 0 when it is done, 2 for an error."""
    return verdict.run("image", build)


def build() -> Outcome:
    """Lay out what the build may see, and build."""
    config = settings()
    folder, version = chosen(config)
    name, said = config["model"]["name"], config["serving_image"]
    tag = f"{said.get('image', name)}:{name}-{version if version == 'local' else f'v{version}'}"
    context = local.folder() / "image"
    shutil.rmtree(context, ignore_errors=True)
    lay_out(context, folder)
    arguments = (f"--build-arg=PYTHON={said['python']}", f"--build-arg=VERSION={version}", f"--tag={tag}")
    # Flushed first, so that our lines and docker's stay in order.
    sys.stdout.flush()
    code = subprocess.run(["docker", "build", *arguments, str(context)], check=False).returncode  # nosec B603 B607
    if code:
        raise ChildProcessError(f"docker build failed with exit code {code}: its own words are above")
    shutil.rmtree(context)
    return Outcome("done", {}, [f"{tag} is on this machine"])


if __name__ == "__main__":
    sys.exit(main())
