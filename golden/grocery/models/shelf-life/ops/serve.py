"""Serve a version on this machine: VERSION=7 of the registry, MODEL=folder, or what the pipeline made.

Listens at 127.0.0.1:8080, or where LISTEN says, until it is interrupted.
"""

from __future__ import annotations

import os
import sys

from chosen_model import chosen
from settings import settings

LAUNCH = "serving/launch.py"


def main() -> int:
    """Become the service, which then never returns; return 2 when there is no model to serve."""
    try:
        config = settings()
        folder, version = chosen(config)
    except (OSError, ValueError) as fault:
        print(f"serve: error: {fault}", file=sys.stderr)
        return 2
    log = config.get("serving", {}).get("prediction_log", {}).get("path", "")
    given = {"MODEL_FOLDER": str(folder), "MODEL_VERSION": version, "PREDICTION_LOG": log}
    known = {"LISTEN": "127.0.0.1:8080", **given}
    print(f"serve: version {version} of {config['model']['name']}, from {folder}", flush=True)
    os.environ.update({name: os.environ.get(name) or value for name, value in known.items()})
    os.environ.update({"MODEL_FOLDER": str(folder), "MODEL_VERSION": version})
    return os.execv(sys.executable, [sys.executable, LAUNCH])  # noqa: S606  # nosec B606


if __name__ == "__main__":
    sys.exit(main())
