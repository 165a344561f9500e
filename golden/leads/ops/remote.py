"""Brings data and models from the DVC remote, or keeps them there: `dvc pull`, `dvc push`.

    remote.py pull
    remote.py push

A failure that may pass is tried again, each time after twice the wait. Without credentials the step is
skipped, for a fork has none; credentials that are refused, and objects that are gone, are errors.
"""

from __future__ import annotations

import json
import os
import re
import subprocess  # nosec B404
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digests import hash_of, locked, read_yaml
from processes import environment, git
from settings import settings
from verdict import Outcome, run

ERROR = 2
ATTEMPTS, FIRST_WAIT_SECONDS = 4, 5.0
MOST_NAMES = 5
# What DVC's object stores say to somebody without credentials, or with half of them.
LACKING = re.compile(
    "Unable to locate credentials|Partial credentials found"
    "|default credentials were not found|automatically determine credentials|Anonymous caller does not have"
    "|requires either account_name or connection_string|DefaultAzureCredential failed to retrieve a token"
    r"|Azure Blob Storage via (?:default credentials|anonymous login).* failed"
)
# And to somebody whom they do not let in.
DENIED = re.compile(
    r"Forbidden|Access ?Denied|\(403\)|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken"
    r"|does not have storage\.|Auth(?:entication|orization)(?:Failed|Failure|PermissionMismatch)"
    "|invalid_grant|InvalidIdentityToken"
)
HASH = r"[0-9a-f]{32}(?:\.dir)?"
GONE = re.compile(
    rf"^md5: ({HASH})$"
    rf"|failed to transfer '({HASH})' - .*(?:NoSuchKey|No such file|[Nn]ot ?[Ff]ound|not exist)",
    re.MULTILINE,
)
NEVER_MADE = re.compile(r"No file hash info found for '(.+)'\. It won't be created")
NOT_THERE = re.compile(r"Checkout failed for following targets:\n(.*?)\nIs your cache up to date", re.DOTALL)
ACCESS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the role of ci.cloud.aws_role",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS, the path of a service account's key",
    "azure": "AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT and AZURE_STORAGE_KEY",
}


def dvc(command: str) -> tuple[int, str]:
    """Run a DVC command, show what it prints, and return its exit code and all of that."""
    call, said = [sys.executable, "-m", "dvc", command], []
    # One stream, so that its lines stay in order.
    pipe, both = subprocess.PIPE, subprocess.STDOUT
    env = environment()
    with subprocess.Popen(
        call, env=env, stdout=pipe, stderr=both, encoding="utf-8", errors="replace"
    ) as child:  # nosec B603
        for line in child.stdout or ():
            print(line, end="", flush=True)
            said.append(line)
    return child.returncode, "".join(said)


@dataclass(frozen=True)
class World:
    """What a transfer acts through: DVC, and waiting (seconds)."""

    dvc: Callable[[str], tuple[int, str]] = dvc
    sleep: Callable[[float], None] = time.sleep


def main(arguments: list[str] | None = None, world: World | None = None) -> int:
    """Pull or push; return 0 when it is done or skipped, 2 for an error."""
    given = sys.argv[1:] if arguments is None else arguments
    if given not in (["pull"], ["push"]):
        print("usage: remote.py pull | push", file=sys.stderr)
        return ERROR
    return run(given[0], lambda: transfer(given[0], world or World()))


def transfer(command: str, world: World) -> Outcome:
    """Pull or push, and again after a failure that may pass."""
    remote = settings()["data"].get("remote")
    if not remote:
        return Outcome("skipped", reasons=[f"nothing to {command}: the spec names no remote (data.remote)"])
    wait = FIRST_WAIT_SECONDS
    for left in reversed(range(ATTEMPTS)):
        code, said = world.dvc(command)
        if outcome := judged(str(remote), code, said):
            return outcome
        if left:
            print(f"`dvc {command}` failed with exit code {code}; again in {wait:g} seconds", flush=True)
            world.sleep(wait)
            wait *= 2
    reasons = [f"`dvc {command}` failed {ATTEMPTS} times, with exit code {code}", *_errors(said)]
    return Outcome("error", {"attempts": ATTEMPTS}, reasons)


def judged(remote: str, code: int, said: str) -> Outcome | None:
    """Return what became of `dvc pull` or `dvc push`; None for a failure that may pass."""
    gone = _names(first or second for first, second in GONE.findall(said))
    if code == 0:
        lost = [f"neither here nor at {remote}, so that nobody can pull it: {gone}"] if gone else []
        return Outcome("done", reasons=lost)
    if LACKING.search(said):
        how = ACCESS.get(remote.partition("://")[0], "`dvc remote modify --local`")
        reasons = [f"no credentials for {remote}: {_line(LACKING, said)}"]
        return Outcome("skipped", reasons=[*reasons, f"give {how}; the runs of forks get no secrets"])
    if DENIED.search(said):
        hint = "may these credentials list, read and write there?"
        return Outcome("error", reasons=[f"{remote} refuses access: {_line(DENIED, said)}", hint])
    if gone:
        hint = "whoever made it: run `make push`"
        return Outcome(
            "error", reasons=[f"not at {remote}, for it was never pushed or is deleted: {gone}", hint]
        )
    never = {os.path.relpath(path) for path in NEVER_MADE.findall(said)}
    if (left := NOT_THERE.search(said)) and never.issuperset(left[1].split("\n")):
        reasons = [f"not made yet, and so not in dvc.lock: {', '.join(sorted(never))}"]
        return Outcome("done", reasons=reasons)
    return None


def _names(hashes: Iterable[str]) -> str:
    """Return the paths that have these hashes; of a file in a folder that DVC cannot list, the folder."""
    wanted = dict.fromkeys(hashes)
    known = dict(_tracked()) if wanted else {}
    folders = " or ".join(sorted(path for content, path in known.items() if content.endswith(".dir")))
    inside = f"a file of {folders}, md5 " if folders else "md5 "
    paths = sorted({known.get(each, f"{inside}{each}") for each in wanted})
    more = f" and {len(paths) - MOST_NAMES} more" if len(paths) > MOST_NAMES else ""
    return ", ".join(paths[:MOST_NAMES]) + more


def _tracked() -> Iterator[tuple[str, str]]:
    """Yield the hash and the path of what DVC keeps, also of files in folders whose list is here."""
    for folder, entry in _outs():
        path, content = os.path.normpath(folder / entry["path"]), hash_of(entry)
        yield content, path
        listed = Path(".dvc", "cache", "files", "md5", content[:2], content[2:])
        if content.endswith(".dir") and listed.exists():
            files = json.loads(listed.read_text(encoding="utf-8"))
            yield from ((file["md5"], f"{path}/{file['relpath']}") for file in files)


def _outs() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield what stages make and .dvc files point to, with the folder that the path starts from."""
    for stage in locked().values():
        yield from ((Path(), entry) for entry in stage.get("outs", []))
    for name in git("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.dvc").split(
        "\0"
    ):
        if name:
            yield from ((Path(name).parent, entry) for entry in read_yaml(name).get("outs") or [])


def _line(sought: re.Pattern[str], said: str) -> str:
    """Return the line that holds what was sought."""
    return next(line for line in said.splitlines() if sought.search(line)).removeprefix("ERROR: ").strip()


def _errors(said: str) -> list[str]:
    """Return what DVC calls an error, its last lines if it says nothing of the kind."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")] or lines[-3:]


if __name__ == "__main__":
    sys.exit(main())
