"""Jobs in the user's crontab: one marked block; the rest of the crontab stays as it is.

Cron knows only the time zone of the machine. Where the model's zone is another one, cron calls more
often and `schedule.py run --due` looks at the clock of that zone.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess  # nosec B404
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo


def install(config: dict[str, Any], root: Path) -> int:
    """Put the jobs into the crontab; returns 2 when that fails."""
    return replace_block(config["model"], root, crontab_lines(config, root))


def remove(config: dict[str, Any], root: Path) -> int:
    """Take the jobs out of the crontab; returns 2 when that fails."""
    return replace_block(config["model"], root, [])


def crontab_lines(config: dict[str, Any], root: Path) -> list[str]:
    """Return the lines of the block: exact times where the machine keeps the model's time."""
    apart, lines = gaps(ZoneInfo(config["timezone"])), []
    for job in config["jobs"]:
        command = [sys.executable, "ops/schedule.py", "run", job["name"]]
        when = job["cron"]
        if apart != {0}:
            command.append("--due")
            whole_hours = all(seconds % 3600 == 0 for seconds in apart)
            when = f"{when.split()[0]} * * * *" if whole_hours else "* * * * *"
        call = f"cd {shlex.quote(str(root))} && {shlex.join(command)}"
        # An unescaped % is a line break to cron.
        lines.append(f"{when} {call}".replace("%", "\\%"))
    return lines


def replace_block(model: str, root: Path, lines: list[str]) -> int:
    """Put lines between our marks in the crontab; without lines the marks go too."""
    if shutil.which("crontab") is None:
        print("there is no `crontab` on this machine: install cron", file=sys.stderr)
        return 2
    listed = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False)  # nosec B603 B607
    if listed.returncode and "no crontab" not in listed.stderr:
        print(f"crontab -l: {listed.stderr.strip()}", file=sys.stderr)
        return 2
    begin, end = f"# mlopsc {model} {root}: begin", f"# mlopsc {model} {root}: end"
    kept = without(listed.stdout.splitlines(), begin, end)
    new = [*kept, begin, *lines, end] if lines else kept
    text = "".join(f"{line}\n" for line in new)
    written = subprocess.run(["crontab", "-"], input=text, text=True, check=False)  # nosec B603 B607
    if written.returncode:
        return 2
    print("\n".join(lines) if lines else f"no job of {model} is in the crontab any more")
    return 0


def without(lines: list[str], begin: str, end: str) -> list[str]:
    """Return the lines outside our block; a begin without its end is left alone."""
    if begin not in lines or end not in lines[lines.index(begin) :]:
        return lines
    first = lines.index(begin)
    return lines[:first] + lines[lines.index(end, first) + 1 :]


def gaps(zone: ZoneInfo) -> set[float]:
    """Return the differences in seconds between the machine's clock and a zone over the coming year."""
    year = datetime.now().year
    noons = [datetime(y, month, 1, 12) for y in (year, year + 1) for month in range(1, 13)]
    here = [noon.astimezone().utcoffset() for noon in noons]
    there = [noon.replace(tzinfo=zone).utcoffset() for noon in noons]
    return {
        (a - b).total_seconds() for a, b in zip(here, there, strict=True) if a is not None and b is not None
    }
