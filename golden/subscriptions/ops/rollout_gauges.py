"""GET /metrics: where the rollout is, for Prometheus, so that dashboards mark when shares changed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from rollout_state import PHASES, State

PORT = 8081
PATIENCE_SECONDS = 10
KIND = "text/plain; version=0.0.4; charset=utf-8"
ABOUT = {
    "model_rollout_share": "The canary's share of the traffic.",
    "model_rollout_step": "The step of the rollout, counted from 1; 0 before the first.",
    "model_rollout_phase": "1 for the phase in which the rollout is.",
    "model_rollout_decisions": "Decisions so far, by their verdict, of the latest that are kept.",
}


class Gauges:
    """The gauges of one rollout."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Take the configuration."""
        where = {"environment": config["environment"]} if config["environment"] else {}
        self.labels: dict[str, str] = {"model": config["model"], **where}
        self.text = ""

    def seen(self, state: State) -> None:
        """Take what is told from now on."""
        own = {**self.labels, "version": state.version}
        verdicts = [str(each.get("verdict")) for each in state.decisions]
        samples: dict[str, list[tuple[dict[str, str], float]]] = {
            "model_rollout_share": [(own, state.share)],
            "model_rollout_step": [(own, state.step)],
            "model_rollout_phase": [({**own, "phase": each}, each == state.phase) for each in PHASES],
            "model_rollout_decisions": [
                ({**own, "verdict": each}, verdicts.count(each)) for each in dict.fromkeys(verdicts)
            ],
        }
        lines = []
        for name, values in samples.items():
            lines += [f"# HELP {name} {ABOUT[name]}", f"# TYPE {name} gauge"]
            lines += [f"{name}{{{_written(labels)}}} {float(value)!r}" for labels, value in values]
        self.text = "\n".join(lines) + "\n"

    def serve(self, port: int = PORT) -> int:
        """Answer from now on, beside all else; return the port."""
        server = _Server(("", port), _Handler)
        server.gauges = self
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return int(server.server_address[1])


class _Server(ThreadingHTTPServer):
    """The server of one process."""

    daemon_threads = True
    gauges: Gauges


class _Handler(BaseHTTPRequestHandler):
    """One scrape; a client that says nothing is let go."""

    server: _Server
    timeout = PATIENCE_SECONDS

    def do_GET(self) -> None:
        """Answer with the gauges."""
        found = self.path.partition("?")[0] == "/metrics"
        content = (self.server.gauges.text if found else "the gauges are at /metrics\n").encode()
        # Who does not wait for the answer is no news in the log of decisions.
        with contextlib.suppress(ConnectionError):
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", KIND)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep silent: a scrape every few seconds is no news."""


def _written(labels: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
