"""Serves the figures of this repository to Prometheus: GET /metrics, and /healthz for who supervises it.

Nothing is computed here: figures are what the programs left, and what the registry says of the champion.
A source that does not answer is missing, and model_exporter_source_up says which; the rest is served.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any

from exposition import CONTENT_TYPE, Gauge
from gauges import text
from settings import settings
from sources import Source, figures, sources

DEFAULT_ADDRESS = "127.0.0.1:9108"
PATIENCE_SECONDS = 10


class Exporter(ThreadingTCPServer):
    """The HTTP server; `page` is what a scrape gets."""

    daemon_threads = allow_reuse_address = True

    def __init__(self, address: tuple[str, int], config: Mapping[str, Any], found: list[Source]) -> None:
        """Listen at the address; raise OSError where somebody does already."""
        self.config, self.sources = config, found
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, Handler)

    def page(self) -> str:
        """Return all figures that are known now."""
        known, silent = figures(self.sources)
        up = Gauge("model_exporter_source_up", "Whether a source of the figures answers.")
        up.samples.extend(({"source": each.name}, int(each.name not in silent)) for each in self.sources)
        return text(self.config, known, [Gauge("model_exporter_up", "The exporter runs.", [({}, 1)]), up])


class Handler(BaseHTTPRequestHandler):
    """One request; a client that says nothing is let go."""

    server: Exporter
    timeout = PATIENCE_SECONDS

    def do_GET(self) -> None:
        """Answer with the figures, or say that we are there."""
        path = self.path.partition("?")[0]
        if path == "/metrics":
            self._answer(200, self.server.page(), CONTENT_TYPE)
        elif path == "/healthz":
            self._answer(200, "ok\n")
        else:
            self._answer(404, "the figures are at /metrics\n")

    def _answer(self, status: int, body: str, kind: str = "text/plain; charset=utf-8") -> None:
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep silent: a scrape every few seconds is no news."""


def address(given: str) -> tuple[str, int]:
    """Return host and port of `host:port`; raise ValueError for anything else."""
    host, _, port = given.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"EXPORTER_ADDRESS is {given!r}: write host:port, such as {DEFAULT_ADDRESS}")
    return host.strip("[]"), int(port)


def main() -> int:
    """Serve until told to stop; return 0 then, 2 where it cannot begin."""
    try:
        config = settings()
        found = sources(config)
        exporter = Exporter(address(os.environ.get("EXPORTER_ADDRESS") or DEFAULT_ADDRESS), config, found)
    except (OSError, ValueError) as fault:
        print(f"exporter: {fault}", file=sys.stderr)
        return 2
    host, port = exporter.server_address[:2]
    shown = f"[{host!s}]" if ":" in str(host) else f"{host!s}"
    print(f"exporter: http://{shown}:{port}/metrics", flush=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        # `shutdown` waits for the loop that this very thread runs.
        signal.signal(number, lambda *_: threading.Thread(target=exporter.shutdown).start())
    exporter.serve_forever()
    exporter.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
