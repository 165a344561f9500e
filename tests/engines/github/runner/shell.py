"""A `run:` step: its script, the shell that reads it, and what is printed, with secrets masked."""

import os
import re
import shlex
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

# What `shell:` means on Linux; nothing said is bash too, but without pipefail.
SHELLS = {
    "": "bash -e {0}",
    "bash": "bash --noprofile --norc -eo pipefail {0}",
    "sh": "sh -e {0}",
    "python": "python {0}",
}
COMMAND = re.compile(r"::([a-zA-Z-]+)[^:]*::(.*)")
UNESCAPED = {"%0D": "\r", "%0A": "\n", "%25": "%"}


def run(
    script: str, shell: str, folder: Path, environment: Mapping[str, str], file: Path, seconds: int
) -> tuple[int, str]:
    """Return the exit code and all that a script printed; one that does not end in time is killed (code 124)."""
    file.write_text(script, "utf-8")
    command = shlex.split(SHELLS.get(shell, shell).replace("{0}", str(file)))
    if not folder.is_dir():
        return (
            1,
            f"An error occurred trying to start process '{command[0]}' with working directory '{folder}'.\n",
        )
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        return 127, f"{error}\n"
    try:
        printed, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        printed, _ = process.communicate()
        return 124, printed.decode("utf-8", "replace") + "The action has timed out.\n"
    return process.returncode, printed.decode("utf-8", "replace")


def to_mask(printed: str) -> set[str]:
    """Return the values that a step asked to mask with `::add-mask::`."""
    found = (COMMAND.fullmatch(line.strip()) for line in printed.splitlines())
    values = [_unescaped(match[2]) for match in found if match and match[1].lower() == "add-mask"]
    return secrets(values)


def secrets(values: "list[str]") -> set[str]:
    """Return what to mask for these values: each whole, and each of its lines."""
    return {part for value in values for part in (value, *value.splitlines()) if part.strip()}


def masked(printed: str, masks: set[str]) -> str:
    """Return a text with every secret replaced by `***`, the longest first."""
    for mask in sorted(masks, key=len, reverse=True):
        printed = printed.replace(mask, "***")
    return printed


def _unescaped(value: str) -> str:
    for code, character in UNESCAPED.items():
        value = value.replace(code, character)
    return value
