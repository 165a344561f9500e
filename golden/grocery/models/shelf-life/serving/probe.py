"""Ask the service from within its container: is it ready, and how many of some requests fail?

    probe.py         exits 0 when GET /readyz answers with 200
    probe.py COUNT   sends the model's example, from standard input, so many times; prints what became of it

Asks by the unix socket of this very process: several versions may share the port. Stands in the image,
and so uses the standard library alone.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SECONDS = 5.0
# By such a name the service knows that nobody's prediction is asked for.
HEADERS = {"Content-Type": "application/json", "X-Request-ID": "probe-example"}
SETTINGS = Path(__file__).resolve().with_name("service.json")


class Own(http.client.HTTPConnection):
    """A connection to a unix socket."""

    def connect(self) -> None:
        """Open it."""
        path = os.environ.get("OWN_SOCKET") or str(Path(tempfile.gettempdir()) / "service.sock")
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(SECONDS)
        self.sock.connect(path)


def main() -> int:
    """Run the command line; return 0 when the service answers."""
    if len(sys.argv) > 1:
        settings = json.loads(SETTINGS.read_text(encoding="utf-8"))
        body = request(sys.stdin.buffer.read(), settings)
        print(json.dumps(asked(int(sys.argv[1]), settings["paths"]["predict"], body)))
        return 0
    return 0 if status("GET", "/readyz") == http.client.OK else 1


def request(example: bytes, settings: dict[str, Any]) -> bytes:
    """Return the example that MLflow keeps with a model, as the runtime wants it."""
    if settings["runtime"] == "mlflow":
        return example
    rows = _rows(json.loads(example), list(settings["inputs"]))
    if settings["runtime"] == "fastapi":
        known = settings["inputs"]
        rows = [{name: value for name, value in row.items() if name in known} for row in rows]
    return json.dumps({"rows": rows}).encode()


def _rows(example: Any, names: list[str]) -> list[dict[str, Any]]:
    """Read MLflow's forms: mlflow.org/docs/latest, "Deploy MLflow Model as a Local Inference Server"."""
    if split := example.get("dataframe_split"):
        return [dict(zip(split["columns"], row, strict=True)) for row in split["data"]]
    found = example.get("dataframe_records") or example.get("inputs") or example.get("instances") or []
    if isinstance(found, dict):
        columns = {name: value if isinstance(value, list) else [value] for name, value in found.items()}
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return [row if isinstance(row, dict) else dict(zip(names, row, strict=False)) for row in found]


def asked(count: int, path: str, body: bytes) -> dict[str, float]:
    """Return how many requests were sent, how many failed, and the seconds that the slowest took."""
    failed, slowest = 0, 0.0
    for _ in range(count):
        start = time.monotonic()
        failed += status("POST", path, body) != http.client.OK
        slowest = max(slowest, time.monotonic() - start)
    return {"requests": count, "failed": failed, "slowest_seconds": round(slowest, 4)}


def status(method: str, path: str, body: bytes | None = None) -> int:
    """Return the status of an answer, 0 when there is none."""
    connection = Own("localhost", timeout=SECONDS)
    try:
        connection.request(method, path, body, HEADERS)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
