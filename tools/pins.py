"""Show what is pinned, where, and how it is renewed; compare the actions with their repositories.

Fails when a commit is not that of its version. Where the repositories cannot be reached it says so, and succeeds.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "compiler"))

from mlopsc.actions import ACTIONS  # noqa: E402

SECONDS = 30
TAG = re.compile(r"^([0-9a-f]{40})\trefs/tags/(v\d+\.\d+\.\d+)(?:\^\{\})?$", re.MULTILINE)
ELSEWHERE = """
A renewed action: change its row in compiler/mlopsc/actions.py and action.yml, read its action.yml anew into
tests/engines/github/action_inputs.json, `make golden`.

Pinned elsewhere
  compiler/mlopsc/pins.py                     what generated repositories require; renewed by hand, then `make test`
  tests/requirements.in, .txt                 what tests and judges use; `make pins` renews the .txt
  tests/engines/github/node/package.json      judges of workflows; `npm install --package-lock-only` beside it
"""


def main() -> int:
    """Print the table; returns 1 if a commit is not that of its version."""
    print("Actions (compiler/mlopsc/actions.py)")
    reached, sound = True, True
    for name, (version, commit) in ACTIONS.items():
        tags = _tags(name) if reached else None
        reached = tags is not None
        right, said = compared(version, commit, tags) if tags is not None else (True, "not compared")
        sound = sound and right
        print(f"  {name:38} {version:8} {commit}  {'' if right else 'WRONG: '}{said}")
        print(f"      git ls-remote https://github.com/{name} 'refs/tags/{version}*'")
    if not reached:
        print("\nThe repositories cannot be reached from here: the commits were not compared.")
    print(ELSEWHERE, end="")
    return 0 if sound else 1


def compared(version: str, commit: str, tags: str) -> tuple[bool, str]:
    """Return whether a pin is right, and what to know of it, from what `git ls-remote --tags` says.

    An annotated tag stands there twice; the later line, which ends in `^{}`, has the commit.
    """
    found = {tag: sha for sha, tag in TAG.findall(tags)}
    if version not in found:
        return False, "there is no such tag"
    if found[version] != commit:
        return False, f"the tag is {found[version]}"
    newest = max(found, key=lambda tag: [int(part) for part in tag[1:].split(".")])
    return True, "the newest" if newest == version else f"newer: {newest} {found[newest]}"


def _tags(name: str) -> str | None:
    """Return all tags of a repository, or nothing where it cannot be reached."""
    command = ["git", "ls-remote", "--tags", f"https://github.com/{name}"]
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=SECONDS, env=environment
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if not done.returncode else None


if __name__ == "__main__":
    raise SystemExit(main())
