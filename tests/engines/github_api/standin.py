"""A stand-in for GitHub's REST API on this machine: it takes what GitHub documents, and nothing else.

A request that GitHub would not understand is a fault, and fails the test.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.engines.github_api.endpoints import ENDPOINTS, Endpoint

TOKEN = "ghs_hidden0123456789"


@dataclass
class Hub:
    """What GitHub holds, what came, and what is to go wrong."""

    url: str = ""
    default_branch: str = "main"
    permissions: set[str] = field(default_factory=set)
    workflows: dict[str, set[str]] = field(default_factory=dict)
    environments: dict[str, dict[str, Any]] = field(default_factory=dict)
    policies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    guarded: dict[str, list[str]] = field(default_factory=dict)
    variables: list[str] = field(default_factory=list)
    pulls: list[dict[str, Any]] = field(default_factory=list)
    may_open_pulls: bool = True
    came: list[tuple[str, str, Any]] = field(default_factory=list)
    # Answers to come instead of the right ones; after `late` the right one was given, but got lost.
    trouble: list[tuple[int, dict[str, str], Any]] = field(default_factory=list)
    late: bool = False
    faults: list[str] = field(default_factory=list)

    def calls(self, method: str) -> list[tuple[str, Any]]:
        """Return path and body of the requests of a method."""
        return [(path, body) for made, path, body in self.came if made == method]

    def writes(self) -> list[tuple[str, str, Any]]:
        """Return the requests that change something."""
        return [each for each in self.came if each[0] != "GET"]

    def answer(self, method: str, address: str, headers: Any, body: Any) -> tuple[int, dict[str, str], Any]:
        """Answer a request as GitHub does."""
        self.came.append((method, address, body))
        self._check(headers, body)
        if self.trouble:
            code, extra, told = self.trouble.pop(0)
            if self.late:
                self._routed(method, address, body)
            return code, {name: value.replace("URL", self.url) for name, value in extra.items()}, told
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, {}, {"message": "Bad credentials"}
        return self._routed(method, address, body)

    def _check(self, headers: Any, body: Any) -> None:
        # https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#headers
        wanted = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        if body is not None:
            wanted["Content-Type"] = "application/json"
        self.faults += [
            f"{name}: {headers.get(name)}" for name in wanted if headers.get(name) != wanted[name]
        ]
        if not headers.get("User-Agent") or "Authorization" not in headers:
            self.faults.append("User-Agent and Authorization are required")

    def _routed(self, method: str, address: str, body: Any) -> tuple[int, dict[str, str], Any]:
        parts = urlsplit(address)
        for each in ENDPOINTS:
            match = re.fullmatch(each.path.replace("{repo}", "/repos/acme/models"), parts.path)
            if each.method != method or not match:
                continue
            if each.needs and each.needs not in self.permissions:
                # https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
                needed = {"x-accepted-github-permissions": each.needs.replace(":", "=")}
                return 403, needed, {"message": "Resource not accessible by integration"}
            if wrong := _wrong(each, body):
                self.faults.append(f"{method} {address}: {wrong}")
                return 422, {}, {"message": "Invalid request.", "errors": wrong}
            names = [unquote(group) for group in match.groups()]
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            told = {"query": query} if method == "GET" else {"body": body}
            code, content = each.answer(self, *names, **told)
            return code, {}, content
        if method != "GET":
            self.faults.append(f"{method} {address}: GitHub has no such endpoint")
        return 404, {}, {"message": "Not Found"}


def _wrong(endpoint: Endpoint, body: Any) -> list[str]:
    """Return what of a body is not as documented."""
    told, known = body or {}, endpoint.must | endpoint.may
    missing = [f"{name} is required" for name in endpoint.must if name not in told]
    odd = [f"{name} is not a field" for name in told if name not in known]
    types = [name for name in told if name in known and not isinstance(told[name], known[name])]
    return [*missing, *odd, *(f"{name} has the wrong type" for name in types)]


@contextmanager
def hub_server() -> Iterator[Hub]:
    """Lend a stand-in."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            code, headers, told = hub.answer(
                self.command, self.path, self.headers, json.loads(body) if body else None
            )
            if not code:
                # The line goes dead.
                self.close_connection = True
                return
            self.send_response(code)
            content = told if isinstance(told, bytes) else b"" if told is None else json.dumps(told).encode()
            for name, value in headers.items():
                self.send_header(name, value)
            if code != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = handle_any

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield hub
    server.shutdown()
    server.server_close()
