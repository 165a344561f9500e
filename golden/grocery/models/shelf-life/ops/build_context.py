"""What the build of an image may see: serving/, a model, and what the two require."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

SERVING = Path("serving")


def lay_out(context: Path, model: Path) -> None:
    """Fill a new folder from serving/ and an MLflow model directory; raise FileNotFoundError without one."""
    if not (model / "MLmodel").is_file():
        raise FileNotFoundError(f"{model} is no MLflow model directory: it holds no MLmodel")
    context.mkdir(parents=True)
    for path in SERVING.iterdir():
        if path.is_file():
            shutil.copy(path, context)
    shutil.copytree(model, context / "model")
    named = _lines(model / "requirements.txt")
    own = _lines(SERVING / "requirements.txt")
    # The service brings the part of MLflow that loads a model.
    of_model = [line for line in named if _package(line) != "mlflow"]
    unneeded = {_package(line) for line in of_model}
    if not any(model.rglob("*.skops")):
        unneeded.add("skops")
    _write(context / "model-requirements.txt", of_model)
    _write(context / "requirements.txt", [line for line in own if _package(line) not in unneeded])


def _package(requirement: str) -> str:
    """Return the package that a line of requirements names; empty for an option or a comment."""
    found = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", requirement.strip())
    return re.sub(r"[._-]+", "-", found[0]).lower() if found else ""


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
