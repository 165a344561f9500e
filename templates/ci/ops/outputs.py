"""Checks that the generated files are what the spec says, with the compiler that the lock names.

The one program here that needs mlopsc: `uvx` fetches that very version of it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess  # nosec B404
import sys
from pathlib import Path

from verdict import Outcome, run

# What `mlopsc check` answers with: same, different, no answer.
SAME, DIFFERS = 0, 1


def main(arguments: list[str] | None = None) -> int:
    """Check one spec, named by its path from the repository's root; return 0, or 2 when it differs."""
    given = sys.argv[1:] if arguments is None else arguments
    return run("outputs", lambda: check(Path(given[0]).name))


def check(spec: str) -> Outcome:
    """Run `mlopsc check`; raises FileNotFoundError without uvx, ValueError without a lock."""
    lock = Path(".mlopsc.lock")
    found = re.search(r"^# compiler (\S+)$", lock.read_text("utf-8") if lock.exists() else "", re.MULTILINE)
    if found is None:
        raise ValueError("no .mlopsc.lock names a compiler: run `mlopsc compile`, and commit the lock")
    uvx = shutil.which("uvx")
    if uvx is None:
        raise FileNotFoundError("there is no uvx, which fetches the compiler: install uv")
    form = ["--format", "github"] if os.environ.get("GITHUB_ACTIONS") else []
    call = [uvx, "--from", f"mlopsc=={found[1]}", "mlopsc", "check", *form, spec]
    code = subprocess.run(call, check=False).returncode  # nosec B603
    if code == SAME:
        return Outcome("done", reasons=[f"all files are what {spec} says"])
    said = "some files differ: run `mlopsc compile`" if code == DIFFERS else "mlopsc had no answer; see above"
    return Outcome("error", reasons=[said])


if __name__ == "__main__":
    sys.exit(main())
