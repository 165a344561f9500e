"""Score another model on the candidate's evaluation data, with the user's own evaluate command.

The command runs in a scratch copy of the repository, where the place of the model holds the other
one: what it writes lands there, and also a command that does not know MLOPS_MODEL scores that model.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from digests import locked
from figures import Figures, read
from processes import shell
from scratch import mirror


def rescore(config: dict[str, Any], model: Path) -> Figures:
    """Return the figures of a model on the data of the last pipeline run.

    Raises ChildProcessError if the command cannot score this model, FileNotFoundError if it writes
    no metrics, PermissionError if it writes the metrics of the candidate instead.
    """
    pipeline, artifact = config["pipeline"], config["model"]["artifact"]
    metrics = pipeline["metrics"]
    kept = {path: Path(path).read_bytes() for path in metrics}
    with tempfile.TemporaryDirectory(prefix="rescore-") as folder:
        scratch = Path(folder)
        mirror(scratch, {*metrics, *_outs(pipeline["evaluate"]), artifact})
        place = scratch / artifact
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(model.resolve())
        try:
            shell(pipeline["evaluate"], folder, {"MLOPS_MODEL": str(model.resolve())})
        finally:
            touched = [path for path, content in kept.items() if _restored(Path(path), content)]
        if touched:
            raise PermissionError(
                f"evaluate wrote {touched[0]} by an absolute path, not below its working folder"
            )
        return read(metrics, scratch)


def _outs(command: str) -> set[str]:
    """Return what the stage that runs a command makes: its plots, say."""
    stages = [stage for stage in locked().values() if stage.get("cmd") == command]
    return {out["path"] for stage in stages for out in stage.get("outs", [])}


def _restored(path: Path, content: bytes) -> bool:
    """Put a file back if it was changed, and return whether it was."""
    if path.exists() and path.read_bytes() == content:
        return False
    path.write_bytes(content)
    return True
