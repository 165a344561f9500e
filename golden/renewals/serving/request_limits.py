"""What no request may exceed: the time to arrive, its size, and how many are answered at once.

Slow and large requests are refused before the application sees more of them than it asked for.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

# ASGI: asgi.readthedocs.io, "HTTP & WebSocket ASGI Message Format".
Receive = Any
Send = Any
Scope = MutableMapping[str, Any]
CLOSE = (b"connection", b"close")
# So many times too large, nobody reads the answer anyway.
FAR = 16
LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


@dataclass(frozen=True)
class Limits:
    """`seconds` for a request to arrive, `size` of its body in bytes, `at_once` requests being answered.

    `connections` are counted open, idle ones too: each holds a file.
    """

    seconds: float
    size: int
    at_once: int
    connections: int = 4096


class Refusal(Exception):
    """A request that exceeds a limit: the status and the words of its answer."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


class Limited:
    """An application that is not asked what exceeds the limits."""

    def __init__(self, app: Any, limits: Limits) -> None:
        self.app, self.limits, self.busy = app, limits, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; everything else passes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # Whoever looks after the service asks by GET, and must learn how it is when it is busy.
        counted = scope["method"] not in ("GET", "HEAD")
        if counted and self.busy >= self.limits.at_once:
            await refuse(send, Refusal(503, "too many requests at once"), (b"retry-after", b"1"))
            return
        self.busy += counted
        try:
            await self._answer(scope, receive, send)
        finally:
            self.busy -= counted

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = _Body(receive, self.limits)
        started = False

        async def sent(message: dict[str, Any]) -> None:
            nonlocal started
            # What an application says of a body that it did not get is no better than what we know.
            if body.refusal is None or started:
                started = True
                await send(message)

        try:
            await self.app(scope, body, sent)
        except Exception:
            if body.refusal is None or started:
                raise
        if body.refusal and not started:
            await refuse(send, body.refusal)


class _Body:
    """The body of a request, as an application receives it."""

    def __init__(self, receive: Receive, limits: Limits) -> None:
        self.receive, self.limits, self.size = receive, limits, 0
        self.end = asyncio.get_running_loop().time() + limits.seconds
        self.whole = False
        self.refusal: Refusal | None = None

    async def __call__(self) -> dict[str, Any]:
        if self.whole:
            return dict(await self.receive())
        if self.refusal:
            raise self.refusal
        try:
            async with asyncio.timeout_at(self.end):
                return await self._next()
        except TimeoutError:
            self.refusal = self.refusal or Refusal(408, "the request did not arrive in time")
            raise self.refusal from None

    async def _next(self) -> dict[str, Any]:
        message: dict[str, Any] = await self.receive()
        self.size += len(message.get("body", b""))
        self.whole = not message.get("more_body", False)
        if self.size <= self.limits.size:
            return message
        self.refusal = Refusal(413, f"a request has at most {self.limits.size} bytes")
        # Closing on somebody who still writes would reset the connection, and the answer would be lost.
        while message.get("more_body", False) and self.size <= FAR * self.limits.size:
            message = await self.receive()
            self.size += len(message.get("body", b""))
        raise self.refusal


async def refuse(send: Send, refusal: Refusal, *headers: tuple[bytes, bytes]) -> None:
    """Answer with a refusal, and end the connection: what is left of the request is not read."""
    body = json.dumps({"detail": refusal.words}).encode()
    length = (b"content-length", str(len(body)).encode())
    said = [(b"content-type", b"application/json"), length, CLOSE, *headers]
    await send({"type": "http.response.start", "status": refusal.status, "headers": said})
    await send({"type": "http.response.body", "body": body})


class Patience(asyncio.Protocol):
    """Mixed into uvicorn's protocol: a connection that does not bring a whole request head is closed.

    The time runs from the connection's beginning, or from a head's first byte, and single bytes do not
    prolong it. A connection that is idle between requests is uvicorn's matter.
    """

    seconds: float
    cycle: Any
    transport: Any
    late: asyncio.TimerHandle | None = None
    begun = False

    def connection_made(self, transport: Any) -> None:
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Stop waiting when there is a request to answer."""
        self.begun = True
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop()
        elif self.late is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self.late = asyncio.get_running_loop().call_later(self.seconds, self._give_up)

    def _stop(self) -> None:
        if self.late is not None:
            self.late.cancel()
        self.late, self.begun = None, False

    def _give_up(self) -> None:
        self.late = None
        if not self.transport.is_closing():
            if self.begun:
                self.transport.write(LATE)
            self.transport.close()
