"""Say where the time of a stage goes: profile_stage.py STAGE.

The stage runs in a scratch copy of the repository, so that DVC finds nothing changed.
"""

from __future__ import annotations

import os
import pstats
import shlex
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from digests import read_yaml
from pipeline import training
from processes import shell
from scratch import mirror
from settings import settings
from verdict import Outcome, run

LINES = 25


def main(arguments: list[str] | None = None) -> int:
    """Profile a stage; return 2 if there is no such stage or it fails."""
    given = sys.argv[1:] if arguments is None else arguments
    return run("profile", lambda: profile(given[0] if given else os.environ.get("STAGE", "")))


def profile(name: str) -> Outcome:
    """Run a stage of dvc.yaml, under cProfile if it is a Python program; print and keep what it says."""
    stages = read_yaml("dvc.yaml").get("stages") or {}
    if name not in stages:
        raise ValueError(f"name a stage, one of {', '.join(stages)}")
    kept = Path("reports", f"profile-{name}.pstats").absolute()
    kept.unlink(missing_ok=True)
    command = _profiled(stages[name]["cmd"], kept)
    with tempfile.TemporaryDirectory(prefix="profile-") as folder:
        outs = _outs(stages[name])
        mirror(Path(folder), outs)
        for out in outs:
            Path(folder, out).parent.mkdir(parents=True, exist_ok=True)
        began = time.perf_counter()
        shell(command, folder, training(settings()))
        seconds = round(time.perf_counter() - began, 2)
    if not kept.exists():
        return Outcome("passed", {"seconds": seconds}, ["no Python program, so only its time"])
    pstats.Stats(str(kept)).sort_stats("cumulative").print_stats(LINES)
    return Outcome("passed", {"seconds": seconds}, [f"the profile: {kept.relative_to(Path.cwd())}"])


def _profiled(command: str, kept: Path) -> str:
    """Return a command that runs `python x.py` under cProfile, any other as it is."""
    head, _, rest = command.partition(" ")
    if head not in ("python", "python3") or rest.startswith("-c"):
        return command
    return f"{head} -m cProfile -o {shlex.quote(str(kept))} {rest}"


def _outs(stage: dict[str, Any]) -> set[str]:
    entries = [entry for kind in ("outs", "metrics", "plots") for entry in stage.get(kind, [])]
    return {next(iter(entry)) if isinstance(entry, dict) else entry for entry in entries}


if __name__ == "__main__":
    sys.exit(main())
