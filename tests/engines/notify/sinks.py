"""Receivers on this machine: an HTTP server and a mail server that do as they are told."""

import json
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class Http:
    """What came, and the answers to come; without one it is 200."""

    url: str = ""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    came: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    hang: bool = False


@contextmanager
def http_sink() -> Iterator[Http]:
    """Lend an HTTP server."""
    sink, freed = Http(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sink.came.append((self.path, json.loads(body)))
            while sink.hang and not freed.is_set():
                # A byte now and then keeps a socket's timeout from ending it.
                self.wfile.write(b"H")
                time.sleep(0.05)
            code, headers = sink.answers.pop(0) if sink.answers else (200, {})
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sink.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield sink
    freed.set()
    server.shutdown()
    server.server_close()


@dataclass
class Mail:
    """Where it listens, the mails that came, and the answers to come; without one it is 250."""

    port: int = 0
    came: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:
        """Take a mail."""
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.encrypted.append(session.ssl is not None)
            self.came.append(message_from_bytes(envelope.content, EmailMessage, policy=policy.default))
        return answer


@contextmanager
def mail_sink(
    certificate: Path | None, password: bytes = b"", without: tuple[str, ...] = ()
) -> Iterator[Mail]:
    """Lend a mail server, with STARTTLS if it has a certificate; it lets in whoever knows the password.

    It offers no way to log in that is in `without`.
    """
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult, LoginPassword

    sink = Mail()

    def login(
        _server: Any, _session: Any, _envelope: Any, _mechanism: Any, data: LoginPassword
    ) -> AuthResult:
        sink.logins.append((data.login, data.password))
        return AuthResult(success=data.password == password, handled=False)

    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        sink.port = probe.getsockname()[1]
    controller = Controller(
        sink,
        "127.0.0.1",
        sink.port,
        tls_context=context,
        authenticator=login,
        auth_require_tls=bool(certificate),
        auth_exclude_mechanism=without,
    )
    controller.start()
    yield sink
    controller.stop()


def self_signed(folder: Path) -> Path:
    """Return a file with a key and a certificate for 127.0.0.1."""
    file = folder / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
    ]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(file), "-out", str(folder / "only.pem")]
    subprocess.run([*command, *names], check=True, capture_output=True)
    file.write_text(file.read_text() + (folder / "only.pem").read_text())
    return file
