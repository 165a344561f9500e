"""What the demo starts beside the repository and stops again: servers on free ports of this machine."""

import json
import os
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 90.0


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(log: Path, place: Path, *command: str, **variables: str) -> Iterator[None]:
    """Run a server in a folder while the block runs; what it says goes to a file."""
    environment = {**os.environ, "MAKEFLAGS": "", "MAKELEVEL": "", **variables}
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("wb") as file,
        subprocess.Popen(
            command, cwd=place, env=environment, stdout=file, stderr=file, start_new_session=True
        ) as server,
    ):
        try:
            yield
        finally:
            # The whole group: make does not pass a signal on.
            os.killpg(server.pid, 15)


def wait_for(found: Callable[[], Any]) -> Any:
    """Return what is found, asked again and again; None when the time is over."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if (answer := found()) is not None:
            return answer
        time.sleep(0.2)
    return None


def ask(url: str, body: Any) -> tuple[int, dict[str, Any]]:
    """POST a JSON document; return the status and the document of the answer."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.loads(refusal.read())


def ready(url: str) -> bool | None:
    """Return True when a GET is answered well, else None."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return None


@contextmanager
def channel() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Lend an address that takes messages as Slack does, and the list of what came."""
    came: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", came
    finally:
        server.shutdown()
        server.server_close()
