"""Jobs as timers of systemd, for this user: two unit files per job below ~/.config/systemd/user."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess  # nosec B404
import sys
from pathlib import Path
from typing import Any

from cron import matches

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def install(config: dict[str, Any], root: Path) -> int:
    """Write the units and start the timers; returns 2 when systemd does not take them."""
    folder = unit_folder()
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in units(config, root).items():
        (folder / name).write_text(text, encoding="utf-8")
    names = [name for name in units(config, root) if name.endswith(".timer")]
    code = systemctl("daemon-reload") or systemctl("enable", "--now", *names)
    print("\n".join(names) if not code else "the timers were not started", flush=True)
    return code


def remove(config: dict[str, Any], root: Path) -> int:
    """Stop the timers of this repository, also those of jobs that are gone, and remove their units."""
    found = sorted(unit_folder().glob(f"mlopsc-{config['model']}-*-{mark(root)}.*"))
    timers = [path.name for path in found if path.suffix == ".timer"]
    code = systemctl("disable", "--now", *timers) if timers else 0
    for path in found:
        path.unlink()
    print(f"no timer of {config['model']} is left", flush=True)
    return code or systemctl("daemon-reload")


def units(config: dict[str, Any], root: Path) -> dict[str, str]:
    """Return the text of each unit by its name."""
    made = {}
    for job in config["jobs"]:
        name = f"mlopsc-{config['model']}-{job['name']}-{mark(root)}"
        about = f"{config['model']}: make {' '.join(job['make'])}"
        call = " ".join(quoted(word) for word in (sys.executable, "ops/schedule.py", "run", job["name"]))
        folder = str(root).replace("%", "%%")
        made[f"{name}.service"] = (
            f"[Unit]\nDescription={about}\n\n[Service]\nType=oneshot\nWorkingDirectory={folder}\nExecStart={call}\n"
        )
        times = "".join(f"OnCalendar={when}\n" for when in calendar(job["cron"], config["timezone"]))
        # Persistent: what was missed while the machine was off is made good once.
        made[f"{name}.timer"] = (
            f"[Unit]\nDescription={about}\n\n[Timer]\n{times}Persistent=true\n\n[Install]\nWantedBy=timers.target\n"
        )
    return made


def calendar(cron: str, timezone: str) -> list[str]:
    """Return the calendar events of systemd that fire when a cron expression does."""
    minute, hour, day, month, weekday = cron.split()
    time = f"{numbers(hour, 0, 23)}:{numbers(minute, 0, 59)}:00 {timezone}"
    dates = f"*-{numbers(month, 1, 12)}"
    weekdays = [
        name
        for number, name in enumerate(DAYS, 1)
        if matches(weekday, number, 0, 7) or matches(weekday, number % 7, 0, 7)
    ]
    names = ",".join(weekdays)
    # Cron's rule: two restricted fields mean either, otherwise both must fit.
    if day[0] != "*" and weekday[0] != "*":
        return [f"{dates}-{numbers(day, 1, 31)} {time}", f"{names} {dates}-* {time}"]
    prefix = f"{names} " if len(weekdays) < len(DAYS) else ""
    return [f"{prefix}{dates}-{numbers(day, 1, 31)} {time}"]


def numbers(field: str, lowest: int, highest: int) -> str:
    """Return the numbers that a field of a cron expression holds, `*` for all."""
    held = [value for value in range(lowest, highest + 1) if matches(field, value, lowest, highest)]
    return "*" if len(held) > highest - lowest else ",".join(map(str, held))


def unit_folder() -> Path:
    """Return where systemd looks for the units of this user."""
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else Path.home() / ".config") / "systemd" / "user"


def mark(root: Path) -> str:
    """Return what tells the units of this repository from those of a copy elsewhere."""
    return hashlib.sha256(str(root).encode()).hexdigest()[:8]


def quoted(word: str) -> str:
    """Return one word of a command line of systemd."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def systemctl(*arguments: str) -> int:
    """Run systemctl for this user; returns 2 where it fails or is not there."""
    if shutil.which("systemctl") is None:
        print("there is no `systemctl` on this machine: say `schedule_with: crontab`", file=sys.stderr)
        return 2
    return 2 if subprocess.run(["systemctl", "--user", *arguments], check=False).returncode else 0  # nosec B603 B607
