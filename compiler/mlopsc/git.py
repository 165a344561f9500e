"""What git says has changed; the only place that starts it, and only when it is asked for."""

import os
import subprocess  # nosec B404
from pathlib import Path

from mlopsc.workspace import UsageError

_OPTION = "--changed-since"
# Within a hook these stand for the repository of the commit, as seen from a folder that need not be ours.
_OF_A_HOOK = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"}
_DEEPER = "in a workflow, give actions/checkout `fetch-depth: 0`"


def changed_files(folder: Path, ref: str) -> frozenset[str]:
    """Return the files below a folder, from there, that differ from where `ref` and HEAD part.

    Those of the working tree, staged, not staged and untracked, are among them, and those that
    were deleted. Raises `UsageError` where git cannot tell.
    """
    if not ref or ref.startswith("-"):
        raise UsageError(f"{_OPTION}: `{ref}` is no commit, branch or tag: is a variable not set?")
    base = _parting(folder, _commit(folder, ref), ref)
    # The user's settings must not change what is listed, and a question must not write an index.
    plain = ("--name-only", "-z", "--no-renames", "--no-ext-diff", "--relative")
    listed = _must(folder, "diff", *plain, base, "--")
    untracked = _must(folder, "ls-files", "--others", "--exclude-standard", "-z")
    return frozenset(os.fsdecode(name) for name in (listed + untracked).split(b"\0") if name)


def _commit(folder: Path, ref: str) -> str:
    done = _git(folder, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    if done.returncode and done.stderr:
        raise _refusal(done)
    if done.returncode:
        hint = f"`git fetch origin {ref}` may bring it; {_DEEPER}"
        raise UsageError(f"{_OPTION} {ref}: there is no such commit in this clone; {hint}")
    return os.fsdecode(done.stdout).strip()


def _parting(folder: Path, commit: str, ref: str) -> str:
    done = _git(folder, "merge-base", commit, "HEAD")
    if done.returncode == 0:
        return os.fsdecode(done.stdout).strip()
    if done.stderr:
        raise _refusal(done)
    if _must(folder, "rev-parse", "--is-shallow-repository").strip() == b"true":
        why = "the clone is shallow and ends before the commit at which it and HEAD part"
        raise UsageError(f"{_OPTION} {ref}: {why}; run `git fetch --unshallow`; {_DEEPER}")
    raise UsageError(f"{_OPTION} {ref}: it and HEAD have no commit in common; name another one")


def _must(folder: Path, *arguments: str) -> bytes:
    done = _git(folder, *arguments)
    if done.returncode:
        raise _refusal(done)
    return done.stdout


def _refusal(done: "subprocess.CompletedProcess[bytes]") -> UsageError:
    said = " ".join(os.fsdecode(done.stderr).split()).removeprefix("fatal: ")
    return UsageError(f"{_OPTION}: git says: {said}; without the option all specs are looked at")


def _git(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    env = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    env |= {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        call = ["git", *arguments]
        return subprocess.run(call, cwd=folder, env=env, capture_output=True, check=False)  # nosec B603
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise UsageError(f"{_OPTION} needs git, which cannot be started: {why}") from None
