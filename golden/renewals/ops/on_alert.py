"""Hear what Alertmanager says: take a version back once, and pass messages on to a webhook that is secret.

    on_alert.py        listen at ON_ALERT_ADDRESS, for whoever knows ON_ALERT_TOKEN

POST /rollback takes the champion back, when an alert fires that the spec allows to; POST /tell passes a
message on. Whatever was begun is completed by the next start, and nothing is done twice.
"""

from __future__ import annotations

import os
import sys
import threading
from http.server import ThreadingHTTPServer
from typing import Any

from alert_messages import Hear, handler
from alert_relay import relay
from rolling_back import RollingBack
from settings import settings

DEFAULT_ADDRESS = "127.0.0.1:9109"


def main() -> int:
    """Listen until told to stop; return 2 where a setting is missing."""
    try:
        config = settings()
        server = serve(config)
    except (OSError, ValueError) as fault:
        print(f"on_alert: {fault}", file=sys.stderr)
        return 2
    host, port, *_ = server.server_address
    print(f"on_alert: listening at http://{host!s}:{port}", flush=True)
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
    server = ThreadingHTTPServer((host.strip("[]"), int(port)), handler(token, listeners))
    server.daemon_threads = True
    threading.Thread(target=rolling_back.complete, daemon=True).start()
    return server


if __name__ == "__main__":
    sys.exit(main())
