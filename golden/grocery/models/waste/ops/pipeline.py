"""Run the pipeline: `dvc repro`, which runs again only what changed.

A block of the validation is the verdict `blocked`; any other failure is an error.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import mend
from digests import read_yaml
from processes import dvc
from settings import settings
from verdict import Outcome, run

ERROR = 2


def main(arguments: list[str] | None = None) -> int:
    """Run `dvc repro` with any of its arguments; return 0, 3 for blocked, 2 for an error."""
    given = sys.argv[1:] if arguments is None else arguments
    return run("pipeline", lambda: _work(given))


def training(config: dict[str, Any]) -> dict[str, str]:
    """Return the mode and the checkpoint that reach the user's training by the environment."""
    retraining = config.get("retraining", {})
    recorded = _read("mode").get("mode", "full") if retraining.get("mode") == "incremental" else "full"
    mode = {"MLOPS_MODE": os.environ.get("MLOPS_MODE") or recorded}
    return mode | ({"MLOPS_CHECKPOINT": retraining["checkpoint"]} if "checkpoint" in retraining else {})


def _work(arguments: list[str]) -> Outcome:
    # Left by an earlier run, it would speak for this one.
    Path("reports", "stamp.json").unlink(missing_ok=True)
    if _unguarded() and (code := import_module("validate").main(["--no-docs"])):
        report = _read("validate")
        return Outcome("blocked" if code != ERROR else "error", report["figures"], report["reasons"])
    mend.lock()
    try:
        dvc("repro", *arguments, extra=training(settings()))
    except ChildProcessError as fault:
        if _read("stamp").get("verdict") == "blocked":
            report = _read("validate")
            return Outcome("blocked", report["figures"], report["reasons"])
        raise ChildProcessError(f"{fault}: the stage and its error are named above") from None
    mend.keep()
    return Outcome("passed")


def _unguarded() -> bool:
    """Return whether no stage runs the suite that there is: the dvc.yaml is somebody's own."""
    stages = (read_yaml("dvc.yaml").get("stages") or {}).values()
    guards = any("ops/stamp.py" in str(stage.get("cmd")) for stage in stages)
    return Path("config", "suite.json").exists() and not guards


def _read(name: str) -> dict[str, Any]:
    path = Path("reports", f"{name}.json")
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


if __name__ == "__main__":
    sys.exit(main())
