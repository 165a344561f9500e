"""The same on a tracking server, also when it goes down in the middle."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.engines.loop.project import Project
from tests.engines.loop.test_register import BETTER, GOOD, WORSE, promoted

pytestmark = pytest.mark.slow
HOP = {"connection", "transfer-encoding", "content-length", "host", "accept-encoding"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, database: Path) -> Iterator[int]:
    """Start an MLflow server; return its port."""
    engine("mlflow")
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [
        "--backend-store-uri",
        f"sqlite:///{folder}/s.db",
        "--artifacts-destination",
        f"{folder}/artifacts",
    ]
    command = [
        sys.executable,
        "-m",
        "mlflow",
        "server",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
    ]
    env = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"}
    (folder / "s.db").write_bytes(database.read_bytes())
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, *options], env=env, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait(process, port)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    """Ask until the server is healthy."""
    end = time.monotonic() + 180
    while time.monotonic() < end and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the MLflow server did not come up")


class Line:
    """A proxy to the server that can be cut after a number of requests."""

    def __init__(self, port: int) -> None:
        self.left: float = float("inf")
        self.seen = 0
        line = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def forward(self) -> None:
                line.left -= 1
                line.seen += 1
                if line.left < 0:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP}
                inner = http.client.HTTPConnection("127.0.0.1", port)
                inner.request(self.command, self.path, body, headers)
                answer = inner.getresponse()
                content = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = forward

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.port = self.http.server_address[1]


@pytest.fixture
def line(server: int) -> Iterator[Line]:
    """Return a line to the server."""
    found = Line(server)
    yield found
    found.http.shutdown()
    found.http.server_close()


@pytest.fixture
def remote(
    bare: Project, line: Line, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Project:
    """Return a project whose tracking store is the server, by an address with a password."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setenv("STORE", f"http://user:pa55word@127.0.0.1:{line.port}")
    bare.configure(tracking={"uri": {"env": "STORE"}, "experiment": request.node.name})
    bare.configure(model=bare.config["model"] | {"name": request.node.name})
    return bare


def aliases(project: Project) -> dict[str, str]:
    """Return the version of each alias, as the server says."""
    registry = project.ops["registry"]
    found: dict[str, str] = registry.Registry(project.config, registry.connect(os.environ["STORE"])).aliases()
    return found


def count(project: Project) -> int:
    """Return how many versions the server has."""
    client = project.ops["registry"].connect(os.environ["STORE"])
    return len(client.search_model_versions(f"name='{project.config['model']['name']}'"))


def test_the_whole_life_on_a_server(remote: Project) -> None:
    promoted(remote, GOOD)
    assert remote.step("register")["reasons"] == ["version 1 is the champion already"]
    remote.model(WORSE)
    assert remote.step("register")["verdict"] == "refused"
    promoted(remote, BETTER)
    assert aliases(remote) == {"champion": "3", "previous": "1"}
    assert remote.step("lineage", "3")["results"][0]["params"] == {"seed": "1", "train.cut": "41"}
    assert remote.step("rollback", "--back")["verdict"] == "rolled back"
    assert aliases(remote) == {"champion": "1"}
    assert Path(".mlops/reference.parquet").exists()
    assert count(remote) == 3


def test_a_server_that_goes_down_leaves_nothing_half_registered(remote: Project, line: Line) -> None:
    promoted(remote, GOOD)
    remote.configure(registry={"gate": [{"metric": "accuracy", "min": 0.5}]})
    for step, after in enumerate(range(0, 100, 3)):
        remote.model(50 + after / 100)
        before = count(remote)
        line.left = after
        report = remote.step("register")
        line.left = float("inf")
        assert count(remote) <= before + 1
        assert aliases(remote)["champion"] == "1"
        done = report["verdict"] == "passed"
        if not done:
            assert report["verdict"] == "error"
            assert f"the tracking store http://127.0.0.1:{line.port}" in report["reasons"][0]
            assert "pa55word" not in str(report)
        again = remote.step("register")
        assert (again["verdict"], count(remote)) == ("passed", before + 1)
        assert aliases(remote)["candidate"] == str(again["figures"]["version"])
        if done:
            assert step > 3
            return
    pytest.fail("register made more requests than were tried")


def test_a_missing_address_is_named(remote: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    remote.model(GOOD)
    monkeypatch.delenv("STORE")
    report = remote.step("register")
    assert (report["verdict"], "STORE is not set" in report["reasons"][0]) == ("error", True)
