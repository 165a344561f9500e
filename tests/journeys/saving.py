"""Installed as sitecustomize: saves a file of the user's just before mlopsc takes its first step."""

import os
from pathlib import Path
from typing import Any

_replace = os.replace


def _saving(source: Any, target: Any) -> None:
    if str(target).endswith(".pending"):
        Path(os.environ["SAVED"]).write_text("saved meanwhile\n")
    _replace(source, target)


os.replace = _saving
