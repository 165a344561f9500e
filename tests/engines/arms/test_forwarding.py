"""The way to the canary by itself: connections that are kept, bounds, and every fault that an answer can have."""

import asyncio
import importlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest_engines import engine
from tests.engines.arms.mesh import FAULTS, Mesh, read

PROGRAMS = Path(__file__).parents[3] / "templates/serving/serving"
SENT = [(b"content-type", b"application/json"), (b"x-request-id", b"r-1")]
ANSWER = b"HTTP/1.1 200 OK\r\nx-mlops-track: canary\r\ncontent-type: a/b\r\ncontent-length: 2\r\n\r\nhi"


@pytest.fixture
def forwarding(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return the program."""
    engine("uvicorn")
    monkeypatch.syspath_prepend(str(PROGRAMS))
    yield importlib.import_module("forwarding")
    del sys.modules["forwarding"]


class Server:
    """Answers every request alike; `each` is how many requests a connection gets answered."""

    def __init__(self, answer: bytes = ANSWER, each: int = 1000) -> None:
        self.answer, self.each = answer, each
        self.connections, self.heads, self.bodies = 0, list[bytes](), list[bytes]()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self.connections += 1
        try:
            for _ in range(self.each):
                head, body = await read(reader)
                self.heads.append(head)
                self.bodies.append(body)
                writer.write(self.answer)
        except asyncio.IncompleteReadError:
            pass
        writer.close()


def run(forwarding: Any, server: Server, work: Any, seconds: float = 5) -> Any:
    """Do something with a way to a server."""

    async def done() -> Any:
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        way = forwarding.Forwarding(f"http://127.0.0.1:{port}", "/predict", seconds)
        try:
            return await work(way)
        finally:
            way.close()
            listening.close()

    return asyncio.run(done())


def test_one_connection_is_kept_for_one_after_the_other(forwarding: Any) -> None:
    server = Server()

    async def work(way: Any) -> list[Any]:
        return [await way.ask(SENT, b'{"a": 1}') for _ in range(50)]

    heard = run(forwarding, server, work)
    assert {(each.status, each.body, each.headers["x-mlops-track"]) for each in heard} == {
        (200, b"hi", "canary")
    }
    assert server.connections == 1 and set(server.bodies) == {b'{"a": 1}'}
    (head,) = set(server.heads)
    line, *headers = head.decode().lower().split("\r\n")
    assert line == "post /predict http/1.1"
    assert [each.partition(":")[0] for each in headers if each] == [
        "host", "content-type", "x-request-id", "content-length",
    ]  # fmt: skip


@pytest.mark.parametrize("closed", [b"", b"connection: close\r\n"])
def test_a_connection_that_was_closed_is_no_fault(forwarding: Any, closed: bytes) -> None:
    """Whether the other end says so or not: another one is opened for the same request."""
    server = Server(ANSWER.replace(b"content-type", closed + b"content-type"), each=3 if not closed else 1)

    async def work(way: Any) -> list[Any]:
        return [await way.ask(SENT, b"{}") for _ in range(12)]

    assert [each.status for each in run(forwarding, server, work)] == [200] * 12
    assert server.connections == (4 if not closed else 12)


def test_a_connection_that_was_idle_for_long_is_not_used(
    forwarding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server()

    async def work(way: Any) -> None:
        await way.ask(SENT, b"{}")
        monkeypatch.setattr(forwarding, "IDLE_SECONDS", 0.0)
        await way.ask(SENT, b"{}")

    run(forwarding, server, work)
    assert server.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + ANSWER,
        ANSWER.replace(b"content-length: 2\r\n\r\nhi", b"transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"),
    ],
)  # fmt: skip
def test_other_forms_of_an_answer_are_read(forwarding: Any, answer: bytes) -> None:
    async def work(way: Any) -> Any:
        return await way.ask(SENT, b"{}")

    heard = run(forwarding, Server(answer), work)
    assert (heard.status, heard.body) == (200, b"hi")


@pytest.mark.parametrize(
    "fault", [each for each in FAULTS if each not in ("bad_gateway", "not_found", "moved", "nobody")]
)
def test_what_is_no_answer_is_known_in_time(forwarding: Any, fault: str) -> None:
    """Also where single bytes arrive for ever; nothing of the connection is used again."""
    with Mesh({}, fault=fault) as mesh:
        way = forwarding.Forwarding(mesh.url, "/predict", 0.5)

        async def asked() -> None:
            for _ in range(2):
                with pytest.raises(forwarding.UnansweredError):
                    await way.ask(SENT, b"{}")

        start = time.monotonic()
        asyncio.run(asked())
        assert time.monotonic() - start < 5
        assert mesh.connections == 2 and not way.kept and way.out == 0


def test_who_does_not_listen_does_not_answer(forwarding: Any) -> None:
    way = forwarding.Forwarding("http://127.0.0.1:1", "/predict", 5)
    with pytest.raises(forwarding.UnansweredError):
        asyncio.run(way.ask(SENT, b"{}"))


def test_no_more_are_out_than_are_bounded(forwarding: Any) -> None:
    """One more is refused at once, and not when the others are back."""
    with Mesh({}, fault="silent") as mesh:
        way = forwarding.Forwarding(mesh.url, "/predict", 1.0)

        async def asked() -> tuple[float, list[Any]]:
            tasks = [asyncio.create_task(way.ask(SENT, b"{}")) for _ in range(forwarding.MOST)]
            await asyncio.sleep(0)
            start = time.monotonic()
            with pytest.raises(forwarding.UnansweredError, match="too many"):
                await way.ask(SENT, b"{}")
            return time.monotonic() - start, await asyncio.gather(*tasks, return_exceptions=True)

        spent, others = asyncio.run(asked())
        assert spent < 0.5 and {type(each) for each in others} == {forwarding.UnansweredError}
        assert way.out == 0


@pytest.mark.parametrize("hostile", [b"a\r\nx-evil: 1", b"a\nb", b"a\0b"])
def test_nothing_is_smuggled_into_a_request(forwarding: Any, hostile: bytes) -> None:
    server = Server()

    async def work(way: Any) -> None:
        with pytest.raises(forwarding.UnansweredError):
            await way.ask([(b"x-entity-id", hostile)], b"{}")

    run(forwarding, server, work)
    assert server.heads == []


@pytest.mark.parametrize(
    "url",
    ["", "churn", "https://churn", "ftp://churn", "http://", "http://a:b@churn", "http://churn/x", "http://churn?a",
     "http://churn#a", "http://churn:port", "http://chürn"],
)  # fmt: skip
def test_what_is_no_address_is_refused_at_the_start(forwarding: Any, url: str) -> None:
    with pytest.raises(ValueError):
        forwarding.Forwarding(url, "/predict", 1)


def test_an_address_may_have_a_port(forwarding: Any) -> None:
    for url, port in (("http://churn", 80), ("http://churn:8080/", 8080), ("http://[::1]:8080", 8080)):
        assert forwarding.Forwarding(url, "/predict", 1).port == port
