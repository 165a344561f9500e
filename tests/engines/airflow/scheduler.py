"""A real scheduler with all that it needs, in a network of its own: its log servers listen on all addresses."""

import json
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest_engines import engine
from tests.engines.airflow.environments import HERE, Installed, environment

SECONDS = 600.0
# In a network of its own every port is free. All die with the first process of a namespace of its own.
ALONE = ("unshare", "--net", "--pid", "--fork", "--mount-proc", "--kill-child")
URL = "http://127.0.0.1:8080"
HEARD = "http://127.0.0.1:9000/"
SETTINGS = {
    "AIRFLOW__API__HOST": "127.0.0.1",
    "AIRFLOW__API__PORT": "8080",
    "AIRFLOW__API__WORKERS": "1",
    "AIRFLOW__API_AUTH__JWT_SECRET": "known-to-all-parts-and-64-bytes-long-as-its-algorithm-asks-for-..",
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{URL}/execution/",
    "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
    "AIRFLOW__CORE__PARALLELISM": "2",
    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
    "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
    "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
    # On a busy machine its answers take longer than the usual five seconds.
    "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "120",
}
# As `airflow standalone` starts them, without the triggerer: no task of ours is deferred.
PARTS = ("api-server", "scheduler", "dag-processor")
ENDED = "SELECT * FROM dag_run WHERE dag_id = ? AND state IN ('success', 'failed') ORDER BY id"


@dataclass(frozen=True)
class Running:
    """Airflow that runs: how its programs are called, its folder, and the process that all others live with."""

    airflow: Installed
    env: dict[str, str]
    home: Path
    process: subprocess.Popen[bytes]

    def rows(self, query: str, *values: str) -> list[dict[str, Any]]:
        """Ask its database, without disturbing it."""
        with sqlite3.connect(f"file:{self.home}/airflow.db?mode=ro", uri=True, timeout=60) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, values)]

    def until(self, held: Callable[[], bool]) -> None:
        """Wait for something to become true.

        Raises:
            AssertionError: it did not in time, or a part of Airflow ended.
        """
        end = time.monotonic() + SECONDS
        while not held():
            assert self.process.poll() is None, self.printed()
            assert time.monotonic() < end, f"not in {SECONDS:.0f} s:\n{self.printed()}"
            time.sleep(0.2)

    def run(self, dag: str, number: int = 1) -> dict[str, Any]:
        """Return the run of a DAG with that number when it has ended, and [state, try] of each of its tasks."""
        self.until(lambda: len(self.rows(ENDED, dag)) >= number)
        found = self.rows(ENDED, dag)[number - 1]
        of_run = "SELECT * FROM task_instance WHERE dag_id = ? AND run_id = ?"
        tasks = self.rows(of_run, dag, found["run_id"])
        return found | {"tasks": {task["task_id"]: [task["state"], task["try_number"]] for task in tasks}}

    def trigger(self, dag: str, **conf: str) -> None:
        """Start a run of a DAG by hand."""
        call = [self.airflow.python, "-m", "airflow", "dags", "trigger", "--conf", json.dumps(conf), dag]
        done = subprocess.run(call, env=self.env, cwd=self.home, capture_output=True, text=True, check=False)
        assert not done.returncode, done.stdout + done.stderr

    def heard(self) -> list[dict[str, Any]]:
        """Return what was posted to HEARD."""
        file = self.home / "heard"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def printed(self) -> str:
        """Return the end of what its processes and tasks printed."""
        logs = [self.home / "printed", *sorted(self.home.glob("logs/dag_id=*/**/*.log"))]
        return "\n".join(f"── {log}\n{log.read_text(errors='replace')[-4000:]}" for log in logs)


@contextmanager
def running(airflow: Installed, home: Path, dags: Path, **more: str) -> Iterator[Running]:
    """Lend a scheduler that reads a folder of DAGs, all of which are switched on."""
    engine("unshare")
    home.mkdir()
    database = Path(shutil.copy(airflow.database, home / "airflow.db"))
    env = environment(home, database, dags, **SETTINGS | more)
    commands = [f"exec {airflow.python} -m airflow {part}" for part in PARTS]
    alone = [*ALONE, *([] if os.geteuid() == 0 else ["--map-root-user"])]
    call = [*alone, airflow.python, HERE / "inside" / "alone.py", home / "heard", *commands]
    with open(home / "printed", "wb") as printed:
        process = subprocess.Popen(call, env=env, cwd=home, stdout=printed, stderr=subprocess.STDOUT)
    try:
        yield Running(airflow, env, home, process)
    finally:
        process.kill()
        process.wait()
