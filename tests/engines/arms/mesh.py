"""The way between the pods of one model, as a mesh takes requests: real HTTP on loopback.

A request with the header of the treatment goes to the canary where there is such a route, all others to
stable. Who finds no pod gets the 503 that Envoy gives; `fault` is what else is wrong with the way.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

HEADER = b"x-mlops-arm: treatment"
# Each is what the mesh does in place of asking a pod.
FAULTS = ("silent", "slow", "cut", "half", "garbage", "huge", "bad_gateway", "not_found", "moved", "nobody")


@dataclass
class Mesh:
    """The proxies of a mesh as one; `pods` are the ports of each track, `heads` what was asked for."""

    pods: dict[str, int]
    routed: bool = True
    fault: str = ""
    heads: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _tasks: set[Any] = field(default_factory=set)

    def __enter__(self) -> "Mesh":
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @property
    def url(self) -> str:
        """Where the Service of the model is."""
        return f"http://127.0.0.1:{self.port}"

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.current_task())
        self.connections += 1
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head, body = await read(reader)
                self.heads.append(head)
                if self.fault:
                    await FAULTY[self.fault](writer)
                    break
                track = "canary" if self.routed and HEADER in head.lower() else "stable"
                writer.write(await self._asked(self.pods.get(track, 0), head + body))
        writer.close()

    async def _asked(self, port: int, request: bytes) -> bytes:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\nUF"
        writer.write(request.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n", 1))
        try:
            head, body = await read(reader)
        except asyncio.IncompleteReadError:
            return b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\nUC"
        finally:
            writer.close()
        return head.replace(b"connection: close\r\n", b"", 1) + body


async def read(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Return head and body of one message."""
    head = await reader.readuntil(b"\r\n\r\n")
    size = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
    return head, await reader.readexactly(size)


def _says(*parts: bytes, pause: float = 0) -> Callable[[asyncio.StreamWriter], Any]:
    async def said(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return said


OK = b"HTTP/1.1 200 OK\r\nx-mlops-track: canary\r\n"
FAULTY = {
    "silent": _says(b"", pause=30),
    "slow": _says(OK, *[b"x-a: b\r\n"] * 400, pause=0.05),
    "cut": _says(),
    "half": _says(OK + b"content-length: 100\r\n\r\n{"),
    "garbage": _says(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    "huge": _says(OK + b"content-length: 99999999\r\n\r\n", *[b" " * (1 << 20)] * 34),
    "bad_gateway": _says(OK.replace(b"200 OK", b"502 Bad Gateway") + b"content-length: 0\r\n\r\n"),
    "not_found": _says(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"),
    "moved": _says(b"HTTP/1.1 301 Moved\r\nlocation: /\r\ncontent-length: 0\r\n\r\n"),
    "nobody": _says(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"),
}
assert tuple(FAULTY) == FAULTS


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something that another thread or process does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)
