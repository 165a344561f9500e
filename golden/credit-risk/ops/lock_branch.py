"""Commit dvc.lock of a training, and push it: to the default branch, or to a branch for a pull request.

What is pushed is what git holds of data and model: dvc.lock, *.dvc, *.fetched.json, and the figures of the
pipeline. `ci.commit_lock` says where to: push, or pull_request, which you open from the branch.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from processes import git
from settings import settings
from verdict import Outcome, run

ATTEMPTS = 4
# What no later attempt changes.
FINAL = re.compile(r"remote rejected|Permission|denied|Authentication failed|could not read Username")


def main(sleep: Callable[[float], None] = time.sleep) -> int:
    """Commit and push; return 0 for done and for skipped, 2 for an error."""
    return run("commit-lock", lambda: lock(settings(), sleep))


def lock(config: dict[str, Any], sleep: Callable[[float], None]) -> Outcome:
    """Push what a training changed; raise ChildProcessError, ValueError where git refuses."""
    files = [path for path in changed() if wanted(path, config)]
    if not files:
        return Outcome("skipped", reasons=["nothing changed that git holds"])
    # A prompt would wait for ever.
    os.environ["GIT_TERMINAL_PROMPT"] = "0"
    author()
    git("add", "--", *files)
    git("commit", "--quiet", "-m", f"{config['model']['name']}: data and model of a training", "--", *files)
    default = default_branch()
    if config["ci"]["commit_lock"] == "push":
        push_onto(default, sleep)
        return Outcome("done", {"files": len(files)}, [*files, f"pushed to {default}"])
    branch = f"mlopsc/{config['model']['name']}-lock"
    # Nobody but this program writes that branch.
    git("push", "--quiet", "origin", f"+HEAD:refs/heads/{branch}")
    return Outcome("done", {"files": len(files)}, [*files, f"pushed to {branch}: open a pull request of it"])


def changed() -> list[str]:
    """Return the new and the changed files below this folder, but for those that git ignores."""
    told = git("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", ".")
    # Paths are those of the repository, arguments those of this folder.
    here = git("rev-parse", "--show-prefix").rstrip("\n")
    entries = [entry for entry in told.split("\0") if entry]
    return sorted(entry[3:].removeprefix(here) for entry in entries if "D" not in entry[:2])


def wanted(path: str, config: dict[str, Any]) -> bool:
    """Say whether a changed file says which data and model it was."""
    place = PurePosixPath(path)
    if any(part.startswith(".") for part in place.parts):
        return False
    figures = config.get("pipeline", {}).get("metrics", [])
    return path in ("dvc.lock", *figures) or path.endswith((".dvc", ".fetched.json"))


def push_onto(branch: str, sleep: Callable[[float], None]) -> None:
    """Push this commit onto a branch, on top of what came there meanwhile."""
    for left in reversed(range(ATTEMPTS)):
        try:
            git("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
        except ChildProcessError as fault:
            if not left or FINAL.search(str(fault)):
                raise
            print(f"{fault}; again", flush=True)
            sleep(2.0 ** (ATTEMPTS - left))
            git("fetch", "--quiet", "--no-tags", "origin", f"refs/heads/{branch}")
            rebase()
        else:
            return


def rebase() -> None:
    """Put this commit on top of what was fetched; raise ValueError where both changed the same file."""
    try:
        git("rebase", "--quiet", "--autostash", "FETCH_HEAD")
    except ChildProcessError:
        git("rebase", "--abort")
        raise ValueError("the branch has changed the same files meanwhile: train again on that") from None


def default_branch() -> str:
    """Return the name of the default branch of `origin`; raise ValueError where it has none."""
    for line in git("ls-remote", "--symref", "origin", "HEAD").splitlines():
        if line.startswith("ref: refs/heads/"):
            return line.split("\t")[0].removeprefix("ref: refs/heads/")
    raise ValueError("the remote `origin` has no default branch yet")


def author() -> None:
    """Give the commit an author where git has none."""
    try:
        git("config", "user.email")
    except ChildProcessError:
        for who in ("AUTHOR", "COMMITTER"):
            os.environ.setdefault(f"GIT_{who}_NAME", "jenkins")
            os.environ.setdefault(f"GIT_{who}_EMAIL", "jenkins@localhost")


if __name__ == "__main__":
    sys.exit(main())
