"""git over HTTP on this machine, by git's own `http-backend`; it lets in whoever shows the token."""

import base64
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.engines.github_api.standin import TOKEN

BASIC = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()


@dataclass
class Smart:
    """Where it listens, the Authorization headers that came, and what any process showed meanwhile."""

    url: str = ""
    shown: list[list[str]] = field(default_factory=list)
    arguments: set[str] = field(default_factory=set)
    # Lets in to read, and not to write.
    closed: bool = False


def running() -> Iterator[str]:
    """Yield the command line of every process, as `ps` shows it to all users."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue


@contextmanager
def smart_server(root: Path) -> Iterator[Smart]:
    """Lend a server of the bare repositories below a folder."""
    smart = Smart()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            smart.arguments |= {line for line in running() if "git" in line}
            shown = self.headers.get_all("Authorization") or []
            smart.shown.append(shown)
            closed = smart.closed and "receive-pack" in self.path
            if closed or shown != [f"basic {BASIC}"]:
                self.send_response(403 if closed else 401)
                self.send_header("WWW-Authenticate", 'Basic realm="GitHub"')
                self.end_headers()
                return
            self._backend()

        do_GET = do_POST = handle_any

        def _backend(self) -> None:
            path, _, query = self.path.partition("?")
            told = {
                "GIT_PROJECT_ROOT": str(root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "REMOTE_USER": "x",
                "PATH": os.environ["PATH"],
            }
            told |= {"REQUEST_METHOD": self.command, "PATH_INFO": path, "QUERY_STRING": query}
            told |= {
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            }
            told |= {"HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", "")}
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            done = subprocess.run(
                ["git", "http-backend"], input=body, env=told, capture_output=True, check=True
            )
            head, _, content = done.stdout.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            self.send_response(int(headers.pop("Status", "200")[:3]))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    smart.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield smart
    server.shutdown()
    server.server_close()
