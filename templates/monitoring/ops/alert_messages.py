"""Takes messages of Alertmanager: from who knows the token, of bounded size, in bounded time."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any

# A message of Alertmanager with a thousand alerts; whoever sends more is not Alertmanager.
MOST_BYTES = 1 << 20
# Seconds for a client to send what it has announced.
PATIENCE = 10.0

Hear = Callable[[Mapping[str, Any]], tuple[HTTPStatus, str]]


def handler(token: str, listeners: Mapping[str, Hear]) -> type[BaseHTTPRequestHandler]:
    """Return a handler that gives messages to the listener of their path."""

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
