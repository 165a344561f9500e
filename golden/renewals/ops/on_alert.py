"""Hear what Alertmanager says: take a version back once, and pass messages on to a webhook that is secret.

    on_alert.py        listen at ON_ALERT_ADDRESS, for whoever knows ON_ALERT_TOKEN

POST /rollback takes the champion back, when an alert fires that the spec allows to; POST /tell passes a
message on. Whatever was begun is completed by the next start, and nothing is done twice.
"""

from __future__ import annotations

import hmac
import json
import os
import sys
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from alert_relay import relay
from rolling_back import RollingBack
from settings import settings

DEFAULT_ADDRESS = "127.0.0.1:9109"
# A message of Alertmanager with a thousand alerts; whoever sends more is not Alertmanager.
MOST_BYTES = 1 << 20
# Seconds for a client to send what it has announced.
PATIENCE = 10.0

Hear = Callable[[Mapping[str, Any]], tuple[HTTPStatus, str]]


def main() -> int:
    """Listen until told to stop; return 2 where a setting is missing."""
    try:
        config = settings()
        server = serve(config)
    except (OSError, ValueError) as fault:
        print(f"on_alert: {fault}", file=sys.stderr)
        return 2
    print(f"on_alert: listening at http://{server.server_name}:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    return 0


def serve(config: dict[str, Any]) -> ThreadingHTTPServer:
    """Return a server at ON_ALERT_ADDRESS; completes what an earlier one has begun.

    Raises ValueError without ON_ALERT_TOKEN, OSError where the address is taken.
    """
    if not (token := os.environ.get("ON_ALERT_TOKEN", "")):
        raise ValueError("ON_ALERT_TOKEN is not set: write a long random word into .env")
    host, _, port = (os.environ.get("ON_ALERT_ADDRESS") or DEFAULT_ADDRESS).rpartition(":")
    rolling_back = RollingBack(config)
    listeners: dict[str, Hear] = {"/rollback": rolling_back.hear}
    if config.get("notify", {}).get("webhook"):
        listeners["/tell"] = lambda message: relay(config, message)
    server = ThreadingHTTPServer((host.strip("[]"), int(port)), _handler(token, listeners))
    server.daemon_threads = True
    threading.Thread(target=rolling_back.complete, daemon=True).start()
    return server


def _handler(token: str, listeners: Mapping[str, Hear]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = PATIENCE

        def do_POST(self) -> None:
            """Answer a message."""
            status, said = self._heard()
            body = f"{said}\n".encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _heard(self) -> tuple[HTTPStatus, str]:
            given = self.headers.get("Authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
                return HTTPStatus.UNAUTHORIZED, "who are you?"
            if (hear := listeners.get(self.path)) is None:
                return HTTPStatus.NOT_FOUND, "nobody listens here"
            length = self.headers.get("Content-Length", "")
            if not length.isdecimal():
                return HTTPStatus.LENGTH_REQUIRED, "how long is it?"
            if int(length) > MOST_BYTES:
                return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too much"
            return _understood(self.rfile.read(int(length)), hear)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing of requests; what is done is printed where it is done."""

    return Handler


def _understood(body: bytes, hear: Hear) -> tuple[HTTPStatus, str]:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return HTTPStatus.BAD_REQUEST, "this is no JSON"
    if not isinstance(message, dict) or not isinstance(message.get("alerts"), list):
        return HTTPStatus.BAD_REQUEST, "this is no message of Alertmanager"
    return hear(message)


if __name__ == "__main__":
    sys.exit(main())
