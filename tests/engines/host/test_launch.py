"""launch.py by itself: when it takes the port, how it ends, and who may have its socket."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.engines.host.client import Callers
from tests.engines.host.conftest import Process

Start = Callable[..., "subprocess.Popen[str]"]


def up(process: "subprocess.Popen[str]") -> "subprocess.Popen[str]":
    """Wait until a version serves."""
    assert process.stdout
    for line in process.stdout:
        if '"message": "serving"' in line:
            return process
    raise AssertionError(f"it ended with {process.wait()}")


def ended(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """Wait for the end; return the exit code and the last words."""
    out, _ = process.communicate(timeout=30)
    return process.returncode, out


@pytest.fixture
def process(programs: Path, short: Path, port: int) -> Process:
    """Return what starts versions."""
    return Process(programs, short, port)


@pytest.fixture
def start(process: Process) -> Iterator[Start]:
    """Start versions, and end those that are left."""
    with contextlib.ExitStack() as left:

        def started(version: str, **environment: str) -> "subprocess.Popen[str]":
            found = process.start(version, **environment)
            left.callback(lambda: (found.kill(), found.communicate()))
            return found

        yield started


@pytest.fixture
def handover(programs: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module."""
    monkeypatch.syspath_prepend(programs)
    import handover

    return handover


def test_sigterm_under_load_loses_nothing(start: Start, port: int) -> None:
    old = up(start("1"))
    with Callers(port).asking() as callers:
        callers.until(500)
        up(start("2"))
        old.send_signal(signal.SIGTERM)
        code, said = ended(old)
        callers.until(callers.count + 500)
    assert (callers.failures, code) == ([], 0)
    assert set(callers.answers) == {"1", "2"}
    assert '"connections_cut": 0' in said
    assert callers.closed >= 1


def test_an_idle_connection_is_answered_once_more_and_ended(start: Start, port: int) -> None:
    """Closed at once, it could cross with a request; answered, its end is known to both."""
    old = up(start("1"))
    idle = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for ending in (None, "close"):
        idle.request("POST", "/predict", b"{}", {"Content-Type": "application/json"})
        answer = idle.getresponse()
        assert (answer.read(), answer.getheader("Connection")) == (b"1", ending)
        if ending is None:
            old.send_signal(signal.SIGTERM)
            refused(port)
    assert ended(old)[0] == 0


def refused(port: int) -> None:
    """Wait until nobody accepts connections any more."""
    pause = threading.Event()
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
        except ConnectionRefusedError:
            return
        pause.wait(0.02)
    raise AssertionError("it still accepts")


def test_the_time_to_drain_ends(start: Start, port: int) -> None:
    old = up(start("1", DRAIN_SECONDS="2"))
    with socket.create_connection(("127.0.0.1", port), 20) as idle:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(9)
        old.send_signal(signal.SIGTERM)
        code, said = ended(old)
    assert (code, '"connections_cut": 1' in said) == (0, True)


def test_while_it_drains_it_is_not_ready(start: Start, port: int, short: Path) -> None:
    old = up(start("1"))
    with socket.create_connection(("127.0.0.1", port), 20), socket.socket(socket.AF_UNIX) as own:
        own.connect(str(short / "1.own"))
        assert asked(own) == (200, None)
        old.send_signal(signal.SIGTERM)
        refused(port)
        assert asked(own) == (503, "close")


def asked(own: socket.socket) -> tuple[int, str | None]:
    """Ask whether it is ready; return the status, and whether the connection ends."""
    own.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
    answer = http.client.HTTPResponse(own)
    answer.begin()
    answer.read()
    return answer.status, answer.getheader("Connection")


def test_the_second_signal_ends_it_at_once(start: Start, port: int) -> None:
    old = up(start("1", DRAIN_SECONDS="600"))
    with socket.create_connection(("127.0.0.1", port), 20):
        old.send_signal(signal.SIGTERM)
        refused(port)
        old.send_signal(signal.SIGTERM)
        assert ended(old)[0] == 128 + signal.SIGTERM


def test_before_it_serves_a_signal_ends_it_at_once_and_no_port_is_taken(start: Start, port: int) -> None:
    """The model is loaded first: until then, whoever connects is refused or answered by another version."""
    new = start("1", ILL="asleep")
    assert new.stdout
    while "Waiting for application startup" not in new.stdout.readline():
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 5)
    new.send_signal(signal.SIGTERM)
    assert ended(new)[0] == 128 + signal.SIGTERM


@pytest.mark.parametrize(
    ("environment", "code", "said"),
    [
        ({"LISTEN": "localhost:80"}, 2, "LISTEN is 'localhost:80': write an address and a port"),
        ({"HANDOVER": "/nowhere"}, 2, "HANDOVER is '/nowhere': no folder that user"),
        ({"DRAIN_SECONDS": "-1"}, 2, "DRAIN_SECONDS is -1: write seconds from 0 to 3600"),
        ({"ILL": "import"}, 3, "this is version 1, and it is ill"),
        ({"ILL": "startup"}, 3, "it is ill"),
        ({"APP": "nothing:app"}, 3, "No module named 'nothing'"),
    ],
)
def test_what_does_not_start_says_why(
    start: Start, environment: dict[str, str], code: int, said: str
) -> None:
    found = ended(start("1", **environment))
    assert (found[0], said in found[1]) == (code, True), found[1]


def test_without_a_folder_nothing_is_offered(start: Start, port: int, short: Path) -> None:
    """As in Kubernetes, where every pod has a port of its own."""
    up(start("1", HANDOVER=""))
    assert [path.suffix for path in short.iterdir()] == [".own"]


def test_every_line_is_json(start: Start) -> None:
    process = up(start("1"))
    process.send_signal(signal.SIGTERM)
    lines = ended(process)[1].splitlines()
    assert lines and all(line.startswith('{"time": "') and line.endswith("}") for line in lines)


def test_a_head_that_never_ends_is_given_up(start: Start, port: int) -> None:
    up(start("1"))
    with socket.create_connection(("127.0.0.1", port), 20) as slow:
        slow.sendall(b"POST /pre")
        assert slow.recv(99).startswith(b"HTTP/1.1 408")
        assert slow.recv(99) == b""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("[::1]:80", ("::1", 80)),
        ("8080", ("0.0.0.0", 8080)),
        ("", None),
        ("1.2.3.4", None),
        ("example.com:80", None),
        ("127.0.0.1:0", None),
        ("127.0.0.1:65536", None),
    ],
)
def test_addresses(handover: ModuleType, text: str, found: tuple[str, int] | None) -> None:
    if found:
        assert handover.address(text) == found
    else:
        with pytest.raises(ValueError, match="write an address and a port"):
            handover.address(text)


def test_the_socket_itself_is_taken(handover: ModuleType, short: Path, port: int) -> None:
    wanted = ("127.0.0.1", port)
    with handover.take(wanted, short) as first:
        offer = handover.Offer(first, short)
        with handover.take(wanted, short) as second:
            assert os.path.sameopenfile(first.fileno(), second.fileno())
        offer.withdraw()
    assert [path.name for path in short.iterdir()] == ["turn"]


def test_another_address_is_bound_anew(handover: ModuleType, short: Path, port: int, other: int) -> None:
    with handover.take(("127.0.0.1", port), short) as first:
        offer = handover.Offer(first, short)
        with handover.take(("127.0.0.1", other), short) as second:
            assert second.getsockname() == ("127.0.0.1", other)
        offer.withdraw()


def test_what_dead_processes_left_is_cleared_away(handover: ModuleType, short: Path, port: int) -> None:
    for name in ("dead.sock", "half.new"):
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(short / name))
    with handover.take(("127.0.0.1", port), short) as first:
        handover.Offer(first, short).withdraw()
    assert [path.name for path in short.iterdir()] == ["turn"]


def test_only_the_same_user_gets_it(
    handover: ModuleType, short: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one who may open the folder: the other end of the unix socket is asked who it is."""
    with handover.take(("127.0.0.1", port), short) as first, socket.socket(socket.AF_UNIX) as stranger:
        offer = handover.Offer(first, short)
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
        stranger.connect(str(offer._path))
        assert socket.recv_fds(stranger, 64, 1)[:2] == (b"", [])
        monkeypatch.undo()
        offer.withdraw()


def test_only_the_same_user_is_taken_from(
    handover: ModuleType, short: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's socket could be anything."""
    with handover.take(("127.0.0.1", port), short) as first:
        monkeypatch.setattr(handover, "_trusted", lambda _peer: True)
        offer = handover.Offer(first, short)
        assert handover._asked(offer._path)
        monkeypatch.setattr(handover, "_trusted", lambda _peer: False)
        assert handover._asked(offer._path) is None
        offer.withdraw()


def test_somebody_elses_port_is_refused(handover: ModuleType, short: Path, port: int) -> None:
    said = f"another process listens at 127.0.0.1 port {port}"
    with socket.create_server(("127.0.0.1", port)), pytest.raises(OSError, match=said):
        handover.take(("127.0.0.1", port), short, patience=0.1)
