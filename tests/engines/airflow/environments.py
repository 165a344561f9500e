"""Airflow's own environments: it pins what cannot stand beside the rest, and two versions of it are needed.

Each is made once below .cache/, from the pins beside this file, by whichever worker comes first.
"""

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest_engines import engine

HERE = Path(__file__).parent
# Beside the environment of the tests: copies of the checkout, as tools/mutants.py makes them, share it.
CACHE = (
    Path(sys.prefix).parent / ".cache"
    if Path(sys.prefix).name == ".venv"
    else Path(__file__).parents[3] / ".cache"
)
# What a developer's shell says to Airflow or to Python is not what is tested.
OURS = ("AIRFLOW", "PYTHON", "VIRTUAL_ENV", "MLOPS", "GITHUB_OUTPUT")
SECONDS = 300.0


@dataclass(frozen=True)
class Installed:
    """One Airflow: its major version, its interpreter, and a database that is migrated, to copy."""

    major: int
    python: Path
    database: Path


def installed(major: int) -> Installed:
    """Return Airflow 3 or 2, which is made where it is not there yet.

    Raises:
        CalledProcessError: it cannot be installed, or its database cannot be made.
    """
    engine("uv")
    pins = HERE / f"requirements-{major}.txt"
    place = CACHE / f"airflow-{major}-{hashlib.sha256(pins.read_bytes()).hexdigest()[:12]}"
    found = Installed(major, place / "bin" / "python", place / "airflow.db")
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / f"airflow-{major}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # The database comes last, so that what was cut off is made anew.
        if not found.database.exists():
            _make(place, pins, found)
    return found


def environment(home: Path, database: Path, dags: Path, **more: str) -> dict[str, str]:
    """Return what a process of Airflow is started with, and nothing else that Airflow reads."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return clean | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{database}?timeout=120",
        **more,
    }


def _make(place: Path, pins: Path, made: Installed) -> None:
    subprocess.run(["uv", "venv", "--quiet", "--clear", "--python", "3.11", place], check=True)
    subprocess.run(
        ["uv", "pip", "install", "--quiet", "--python", made.python, "--requirement", pins], check=True
    )
    fresh = place / "fresh.db"
    home = environment(place / "home", fresh, place / "no-dags")
    migrate = [made.python, "-m", "airflow", "db", "migrate"]
    subprocess.run(migrate, env=home, check=True, capture_output=True)
    with sqlite3.connect(fresh) as connection:
        # Kept in the file: who reads, as the tests do, does not lock out those who write.
        connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    os.replace(fresh, made.database)


def inside(airflow: Installed, scratch: Path, program: str, *arguments: str | Path, **more: str) -> Any:
    """Run a program of inside/ in an Airflow with an empty database; return what it leaves in its first argument.

    Raises:
        AssertionError: it failed.
    """
    home = scratch / "home"
    home.mkdir(parents=True, exist_ok=True)
    database = Path(shutil.copy(airflow.database, home / "airflow.db"))
    out = scratch / "out.json"
    command = [airflow.python, HERE / "inside" / f"{program}.py", out, *arguments]
    env = environment(home, database, scratch / "no-dags", **more)
    done = subprocess.run(
        command, env=env, cwd=scratch, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    assert not done.returncode, done.stdout + done.stderr
    return json.loads(out.read_text())
