"""A stand-in for Kubernetes' API server: HTTPS on loopback, for the calls that a rollout makes.

    with serving(certificate, roles) as api:
        api.store.create(...)
        api.faults.append(lambda call: Fault(code=503) if call.number < 3 else None)

It asks for the bearer token, grants what the Roles grant and no more, and answers refusals as Status. Faults
come before or after a call is carried out: an answer may be lost though the change is made.
"""

import contextlib
import json
import ssl
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.engines.canary.kinds import DEPLOYMENT, KINDS, Answer, Kind, Object
from tests.engines.canary.objects import Store
from tests.engines.canary.rbac import Asked, Roles, verb


@dataclass
class Call:
    """One request: which, by whom, on what, and how far it came."""

    number: int
    asked: Asked
    namespace: str
    kind: Kind
    form: str
    query: dict[str, str]
    body: bytes
    code: int = 0
    at: float = field(default_factory=time.monotonic)

    @property
    def writes(self) -> bool:
        return self.asked.verb not in ("get", "list", "watch")


@dataclass(frozen=True)
class Fault:
    """What goes wrong: a code instead of the call, a late answer (seconds), or an answer that is lost.

    `before` and `after` are called around what the call does.
    """

    code: int = 0
    late: float = 0
    lost: bool = False
    undone: bool = False
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None


class Lost(Exception):
    """The connection ends without an answer."""


class Watched(Exception):
    """The answer is a stream of changes."""

    def __init__(self, call: Call) -> None:
        super().__init__()
        self.call = call


class Api:
    """The server: what it keeps, who may ask, what came, and what is wrong with it."""

    def __init__(self, roles: Roles, token: str) -> None:
        self.store, self.roles, self.token = Store(), roles, token
        self.calls: list[Call] = []
        self.faults: list[Callable[[Call], Fault | None]] = []
        self.gone = threading.Event()
        self.over = threading.Event()
        self.port = 0
        self._lock = threading.Lock()

    def answer(self, method: str, target: str, headers: Any, body: bytes) -> tuple[int, Object]:
        """Carry out one request; returns the code and the body."""
        if headers.get("Authorization") != f"Bearer {self.token}":
            raise Answer(401, "Unauthorized", "Unauthorized")
        call = self._read(method, target, headers, body)
        self.roles.allow(call.asked)
        faults = [fault for each in self.faults if (fault := each(call))]
        for fault in faults:
            self.over.wait(fault.late)
            fault.before()
            if fault.undone:
                raise Lost
            if fault.code:
                call.code = fault.code
                raise Answer(fault.code, "ServiceUnavailable", "the server is not able to answer")
        try:
            call.code, found = self._done(method, call)
        except Answer as refusal:
            call.code = refusal.code
            raise
        for fault in faults:
            fault.after()
            if fault.lost:
                raise Lost
        return call.code, found

    def _read(self, method: str, target: str, headers: Any, body: bytes) -> Call:
        parsed = urllib.parse.urlsplit(target)
        words = parsed.path.strip("/").split("/")
        group, rest = ("", words[2:]) if words[0] == "api" else ("/".join(words[1:2]), words[3:])
        version = words[1] if words[0] == "api" else "/".join(words[2:3])
        if rest[:1] != ["namespaces"] or not 3 <= len(rest) <= 5:
            raise Answer(404, "NotFound", "the server could not find the requested resource")
        namespace, plural, name, part = [*rest[1:], "", ""][:4]
        found = [
            each for each in KINDS if (each.group, each.version, each.plural) == (group, version, plural)
        ]
        if not found or part not in ("", "status", "scale"):
            raise Answer(404, "NotFound", "the server could not find the requested resource")
        query = dict(urllib.parse.parse_qsl(parsed.query))
        asked = Asked(
            verb(method, name, query.get("watch") in ("1", "true")),
            group,
            f"{plural}/{part}" if part else plural,
            name,
        )
        form = headers.get("Content-Type", "")
        with self._lock:
            call = Call(len(self.calls) + 1, asked, namespace, found[0], form, query, body)
            self.calls.append(call)
        return call

    def _done(self, method: str, call: Call) -> tuple[int, Object]:
        kind, namespace, name = call.kind, call.namespace, call.asked.name
        part = call.asked.resource.partition("/")[2]
        if part == "scale":
            return 200, self._scale(method, call)
        match call.asked.verb:
            case "get":
                return 200, self.store.get(kind, namespace, name)
            case "watch":
                raise Watched(call)
            case "list":
                return 200, self._list(call)
            case "create":
                return 201, self.store.create(kind, namespace, _json(call.body))
            case "update":
                fresh = (kind.plural, namespace, name) not in self.store.found
                if fresh and kind.made_by_put:
                    self.roles.allow(Asked("create", kind.group, kind.plural, ""))
                done = self.store.replace(kind, namespace, name, _json(call.body), part)
                return 201 if fresh else 200, done
            case "patch":
                return 200, self.store.patch(kind, namespace, name, call.form, call.body, part)
            case "delete":
                return 200, self.store.delete(kind, namespace, name)
        raise Answer(405, "MethodNotAllowed", f"{call.asked.verb} is not played by this stand-in")

    def _list(self, call: Call) -> Object:
        labels = _pairs(call.query.get("labelSelector", ""))
        fields = _pairs(call.query.get("fieldSelector", ""))
        with self.store.lock:
            version, found = self.store.version, self.store.all(call.kind, call.namespace)
        chosen = [
            {key: value for key, value in each.items() if key not in ("kind", "apiVersion")}
            for each in found
            if labels.items() <= each["metadata"].get("labels", {}).items()
            and all(_at(each, path) == value for path, value in fields.items())
        ]
        return {
            "kind": f"{call.kind.name}List",
            "apiVersion": call.kind.api_version,
            "metadata": {"resourceVersion": version},
            "items": chosen,
        }

    def _scale(self, method: str, call: Call) -> Object:
        if call.kind is not DEPLOYMENT:
            raise Answer(404, "NotFound", "the server could not find the requested resource")
        with self.store.lock:
            found = self.store.get(DEPLOYMENT, call.namespace, call.asked.name)
            if method != "GET":
                change = _json(call.body)
                if not isinstance(change, dict) or ("merge" not in call.form and method == "PATCH"):
                    raise Answer(
                        501, "NotImplemented", f"{call.form} of scale is not played by this stand-in"
                    )
                found["spec"]["replicas"] = change["spec"]["replicas"]
                found = self.store.replace(DEPLOYMENT, call.namespace, call.asked.name, found)
        meta = found["metadata"]
        return {
            "kind": "Scale",
            "apiVersion": "autoscaling/v1",
            "metadata": {name: meta[name] for name in ("name", "namespace", "uid", "resourceVersion")},
            "spec": {"replicas": found["spec"]["replicas"]},
            "status": {"replicas": found.get("status", {}).get("replicas", 0)},
        }


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as fault:
        raise Answer(400, "BadRequest", f"couldn't get version/kind; json parse error: {fault}") from None


def _pairs(selector: str) -> dict[str, str]:
    pairs = [each.replace("==", "=").split("=") for each in selector.split(",") if each]
    if any(len(each) != 2 or each[0].endswith("!") or " " in each[0] for each in pairs):
        raise Answer(501, "NotImplemented", f"{selector} is not played by this stand-in")
    return dict(pairs)


def _at(found: Object, path: str) -> Any:
    here: Any = found
    for word in path.split("."):
        here = here.get(word, {})
    return here


class Handler(BaseHTTPRequestHandler):
    """Reads requests of one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30
    api: Api

    def handle_one_request(self) -> None:
        if self.api.gone.is_set():
            self.close_connection = True
            return
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            super().handle_one_request()

    def _all(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.api.gone.is_set():
            self.close_connection = True
            return
        try:
            code, found = self.api.answer(self.command, self.path, self.headers, body)
        except Watched as stream:
            self._stream(stream.call)
            return
        except Answer as refusal:
            code, found = refusal.code, refusal.body()
        except Lost:
            self.close_connection = True
            return
        self._say(code, found)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _all

    def _say(self, code: int, found: Object) -> None:
        text = json.dumps(found).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def _stream(self, call: Call) -> None:
        """Send changes, a line of JSON for each, until timeoutSeconds are over (API concepts, "watch")."""
        end = time.monotonic() + float(call.query.get("timeoutSeconds", 300))
        after = int(call.query.get("resourceVersion") or self.api.store.version)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while not (self.api.over.is_set() or self.api.gone.is_set()) and (left := end - time.monotonic()) > 0:
            for version, what, about in self.api.store.watch(
                call.kind, call.namespace, after, min(0.5, left)
            ):
                line = json.dumps({"type": what, "object": about}).encode() + b"\n"
                self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
                after = version
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, certificate: Path, api: Api) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.api = api
        super().__init__(("127.0.0.1", 0), type("OfOne", (Handler,), {"api": api}))

    def finish_request(self, request: Any, client_address: Any) -> None:
        # In the connection's own thread: one that does not speak holds up nobody.
        if self.api.gone.is_set():
            return
        request.settimeout(20)
        with contextlib.suppress(OSError), self.context.wrap_socket(request, server_side=True) as secured:
            self.RequestHandlerClass(secured, client_address, self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that were cut."""


@contextlib.contextmanager
def serving(certificate: Path, roles: Roles, token: str = "token-of-x-rollout") -> Iterator[Api]:
    """Serve until the block ends; `certificate` holds a key and a certificate for 127.0.0.1."""
    api = Api(roles, token)
    server = _Server(certificate, api)
    api.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield api
    finally:
        api.over.set()
        server.shutdown()
        server.server_close()
        thread.join(20)
