"""Ask the service from within its container: is it ready, and how many of some requests fail?

    probe.py         exits 0 when GET /readyz answers with 200
    probe.py COUNT   asks for standard input's prediction so many times; prints what became of it

It asks by the unix socket of its own container (OWN_SOCKET), for the port may be shared with another
version. Stands in the image, and so uses the standard library alone.
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

SECONDS = 5.0
SETTINGS = Path(__file__).with_name("service.json")


def main() -> int:
    """Run the command line; return 0 when the service answers."""
    if len(sys.argv) > 1:
        print(json.dumps(asked(int(sys.argv[1]), sys.stdin.buffer.read())))
        return 0
    return 0 if status("GET", "/readyz") == http.client.OK else 1


def asked(count: int, body: bytes) -> dict[str, float]:
    """Return how many requests were sent, how many failed, and the seconds that the slowest took."""
    path = json.loads(SETTINGS.read_text(encoding="utf-8"))["paths"]["predict"]
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
        connection.request(method, path, body, {"Content-Type": "application/json"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


class Own(http.client.HTTPConnection):
    """A connection by the unix socket of the process in this container."""

    def connect(self) -> None:
        """Connect; raises OSError while nobody listens."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(SECONDS)
        self.sock.connect(os.environ.get("OWN_SOCKET") or f"{tempfile.gettempdir()}/service.sock")


if __name__ == "__main__":
    sys.exit(main())
