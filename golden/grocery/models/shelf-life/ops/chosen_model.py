"""Which model is meant: MODEL=folder, or VERSION=7 of the registry; never one that moves."""

from __future__ import annotations

import os
import re
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

import local
from settings import resolve

LOCAL = "local"


def chosen(config: dict[str, Any]) -> tuple[Path, str]:
    """Return the folder of an MLflow model, and its version; raise ValueError where none is named.

    A version is fetched from the registry into a folder of this machine. Without MODEL and VERSION it is
    what the pipeline made last.
    """
    number, folder = os.environ.get("VERSION", ""), os.environ.get("MODEL", "")
    if number and folder:
        raise ValueError("say VERSION or MODEL, not both")
    if number:
        return _fetched(config, number), number
    path = Path(folder or config["model"].get("artifact", ""))
    if not (path / "MLmodel").is_file():
        way = "VERSION=7 or MODEL=folder" if "registry" in config else "MODEL=folder"
        raise ValueError(f"{str(path)!r} is no MLflow model directory: say {way}")
    return path.resolve(), LOCAL


def _fetched(config: dict[str, Any], number: str) -> Path:
    if "registry" not in config:
        raise ValueError("this repository has no registry: say MODEL=folder")
    if not re.fullmatch(r"[1-9][0-9]{0,8}", number):
        raise ValueError(f"VERSION is {number!r}: say a whole number; an alias would move under the service")
    # There only where the spec has a registry.
    with import_module("registry").connected(config) as store:
        store.version(number)
        from mlflow.artifacts import download_artifacts

        uri = str(resolve(config["tracking"]["uri"]))
        place = local.folder() / "serve" / number
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        source = f"models:/{store.name}/{number}"
        got = download_artifacts(artifact_uri=source, dst_path=str(place), tracking_uri=uri, registry_uri=uri)
        return Path(got).resolve()
