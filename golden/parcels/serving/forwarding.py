"""The way from this process to an address that answers in its place: HTTP/1.1 over connections that are kept.

As many requests at once as are bounded, each within a time from its beginning to the answer's last byte.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11

Headers = list[tuple[bytes, bytes]]
# Of requests that are out at once; one more would wait for them, and its caller with it.
MOST = 64
# Proxies close an idle connection after a minute or more: until then it is ours to close.
IDLE_SECONDS = 15.0
CHUNK, LARGEST = 1 << 16, 32 << 20


class UnansweredError(Exception):
    """There is no answer: no connection, none in time, or none that can be read."""


@dataclass(frozen=True)
class Heard:
    """An answer: its status, its headers (names in small letters) and its body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Connection:
    """An open connection, and how far the exchange on it is."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take both ends of a stream."""
        self.reader, self.writer = reader, writer
        self.state = h11.Connection(h11.CLIENT)
        self.silent, self.since = True, time.monotonic()

    async def exchange(self, request: h11.Request, body: bytes) -> Heard:
        """Send a request and return the answer; raise OSError or h11.ProtocolError where none comes."""
        self.silent = True
        sent = [self.state.send(each) for each in (request, h11.Data(body), h11.EndOfMessage())]
        self.writer.write(b"".join(each for each in sent if each))
        await self.writer.drain()
        head, parts, size = await self._event(), [], 0
        while isinstance(head, h11.InformationalResponse):
            head = await self._event()
        if not isinstance(head, h11.Response):
            raise ConnectionError("the connection was closed without an answer")
        while isinstance(event := await self._event(), h11.Data):
            parts.append(bytes(event.data))
            size += len(event.data)
            if size > LARGEST:
                raise ConnectionError(f"the answer is larger than {LARGEST} bytes")
        headers = {name.decode(): value.decode("latin-1") for name, value in head.headers}
        return Heard(head.status_code, headers, b"".join(parts))

    def ready(self) -> bool:
        """Make ready for another request; say whether the connection takes one."""
        if self.state.our_state is not h11.DONE or self.state.their_state is not h11.DONE:
            return False
        self.state.start_next_cycle()
        self.since = time.monotonic()
        return True

    def usable(self) -> bool:
        """Say whether a connection that was kept is still there, as far as one hears."""
        idle = time.monotonic() - self.since
        return idle < IDLE_SECONDS and not self.reader.at_eof() and not self.writer.is_closing()

    def close(self) -> None:
        """Let go of it at once."""
        self.writer.transport.abort()

    async def _event(self) -> object:
        while (event := self.state.next_event()) is h11.NEED_DATA:
            data = await self.reader.read(CHUNK)
            self.silent &= not data
            self.state.receive_data(data)
        return event


class Forwarding:
    """Asks an address, over connections that are kept."""

    def __init__(self, url: str, path: str, seconds: float) -> None:
        """Take http://host or http://host:port, what is asked there, and how long an answer may take.

        Raises ValueError for what is no such URL.
        """
        found = urlsplit(url)
        bare = found._replace(path=found.path.rstrip("/")) == found._replace(path="", query="", fragment="")
        if found.scheme != "http" or not found.hostname or "@" in found.netloc or not bare:
            raise ValueError(f"AB_TEST_URL is {url!r}: write http://host or http://host:port")
        self.host, self.port, self.named = found.hostname, found.port or 80, found.netloc.encode("ascii")
        self.path, self.seconds = path.encode("ascii"), seconds
        self.out, self.kept = 0, list[Connection]()

    async def ask(self, headers: Headers, body: bytes) -> Heard:
        """Send a request; raise UnansweredError where no whole answer comes within the time."""
        if self.out >= MOST:
            raise UnansweredError("too many requests are out already")
        self.out += 1
        head = [(b"host", self.named), *headers, (b"content-length", str(len(body)).encode())]
        try:
            request = h11.Request(method=b"POST", target=self.path, headers=head)
            async with asyncio.timeout(self.seconds):
                return await self._asked(request, body)
        except (OSError, ValueError, h11.ProtocolError) as fault:
            # Of time that is over, and of a name that no resolver takes, too.
            raise UnansweredError(str(fault) or "no answer in time") from fault
        finally:
            self.out -= 1

    def close(self) -> None:
        """Close what is kept."""
        while self.kept:
            self.kept.pop().close()

    async def _asked(self, request: h11.Request, body: bytes) -> Heard:
        while self.kept:
            connection = self.kept.pop()
            if not connection.usable():
                connection.close()
                continue
            with contextlib.suppress(_Stale):
                return await self._exchanged(connection, request, body, kept=True)
        reader, writer = await asyncio.open_connection(self.host, self.port)
        return await self._exchanged(Connection(reader, writer), request, body)

    async def _exchanged(
        self, connection: Connection, request: h11.Request, body: bytes, *, kept: bool = False
    ) -> Heard:
        whole = False
        try:
            heard = await connection.exchange(request, body)
            whole = connection.ready()
        except (OSError, h11.ProtocolError) as fault:
            # Closed while the request was on its way, as either end may do with an idle connection.
            if kept and connection.silent:
                raise _Stale from fault
            raise
        finally:
            if whole:
                self.kept.append(connection)
            else:
                connection.close()
        return heard


class _Stale(Exception):
    """A kept connection was closed before it said anything."""
