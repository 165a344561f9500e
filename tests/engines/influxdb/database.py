"""Debian's InfluxDB 1.6 on loopback, with a configuration and data of its own."""

import base64
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CONFIG = """\
reporting-disabled = true
bind-address = "127.0.0.1:{backup}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:{port}"
  auth-enabled = true
  log-enabled = false
[monitor]
  store-enabled = false
"""
USER, PASSWORD = "keeper", "pa55:word"
KEY = f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"


class Database:
    """A running server; `url` is its address."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, query: str, **more: str) -> list[dict[str, Any]]:
        """Run a query as the administrator; return its series."""
        asked = urllib.parse.urlencode({"q": query, "epoch": "ns", **more})
        request = urllib.request.Request(f"{self.url}/query", asked.encode(), {"Authorization": KEY})
        with urllib.request.urlopen(request, timeout=20) as answer:
            result = json.load(answer)["results"][0]
        assert "error" not in result, result
        found: list[dict[str, Any]] = result.get("series", [])
        return found

    def points(self, database: str) -> dict[tuple[str, frozenset[tuple[str, str]]], list[tuple[int, float]]]:
        """Return times and values of each series: its name, and its tags."""
        series = self.ask("SELECT value FROM /.*/ GROUP BY *", db=database)
        return {
            (each["name"], frozenset((k, v) for k, v in each.get("tags", {}).items() if v)): [
                (row[0], row[1]) for row in each["values"]
            ]
            for each in series
        }


@contextmanager
def running(folder: Path) -> Iterator[Database]:
    """Start a server; what it writes lies in the folder."""
    folder.mkdir()
    port, backup = _free(), _free()
    (folder / "influxdb.conf").write_text(CONFIG.format(folder=folder, port=port, backup=backup))
    command = ["influxd", "run", "-config", str(folder / "influxdb.conf")]
    # Debian's unit reads the same variables.
    env = {name: value for name, value in os.environ.items() if not name.startswith("INFLUXDB_")}
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, env=env, stdout=log, stderr=log) as process,
    ):
        try:
            yield _ready(process, Database(f"http://127.0.0.1:{port}"), folder / "log")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _ready(process: "subprocess.Popen[bytes]", found: Database, log: Path) -> Database:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            found.ask(f"CREATE USER {USER} WITH PASSWORD '{PASSWORD}' WITH ALL PRIVILEGES")
            return found
        except urllib.error.URLError:
            time.sleep(0.05)
    raise AssertionError(log.read_text())


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
