"""Ask the service from within its container: is it alive, and how many of some requests fail?

    probe.py         exits 0 when GET /ping answers with 200
    probe.py COUNT   posts standard input to /invocations so many times; prints what became of it

Stands in the image, and so uses the standard library alone.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import time

SECONDS = 5.0


def main() -> int:
    """Run the command line; return 0 when the service answers."""
    if len(sys.argv) > 1:
        print(json.dumps(asked(int(sys.argv[1]), sys.stdin.buffer.read())))
        return 0
    return 0 if status("GET", "/ping") == http.client.OK else 1


def asked(count: int, body: bytes) -> dict[str, float]:
    """Return how many requests were sent, how many failed, and the seconds that the slowest took."""
    failed, slowest = 0, 0.0
    for _ in range(count):
        start = time.monotonic()
        failed += status("POST", "/invocations", body) != http.client.OK
        slowest = max(slowest, time.monotonic() - start)
    return {"requests": count, "failed": failed, "slowest_seconds": round(slowest, 4)}


def status(method: str, path: str, body: bytes | None = None) -> int:
    """Return the status of an answer, 0 when there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["PORT"]), timeout=SECONDS)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
