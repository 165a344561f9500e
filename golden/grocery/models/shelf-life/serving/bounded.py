"""Whole requests of bounded size, time and number for an application; all others are refused here.

A body is read before the application sees the request, so that a slow caller holds nothing but a
connection. What bodies take of memory is bounded over all callers, as is how many wait for an answer.
"""

from __future__ import annotations

import asyncio

from given import Given
from measure import App, Message, Receive, Send
from refusal import RefusedError

# What the applications of the runtimes read.
KINDS = {"mlflow": ("application/json", "text/csv")}
JSON = ("application/json",)
# All bodies together may take so many times the largest one.
TOGETHER = 64
# A body that is too large is read on so far, unseen: cut off, many clients never read the refusal.
PATIENCE = 16


class Bounded:
    """An ASGI application that hands requests for predictions to another one."""

    def __init__(self, app: App, settings: Given) -> None:
        """Take the application, and the settings."""
        self.app, self.path = app, settings.paths["predict"]
        self.kinds = KINDS.get(settings.runtime, JSON)
        self.limits, self.largest = settings.limits, settings.limits["body_bytes"]
        self.held = self.inside = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"] != self.path or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        parts: list[bytes] = []
        try:
            self._look(scope)
            await self._read(receive, parts)
            if self.inside >= self.limits["waiting"]:
                raise RefusedError(503, "too many requests are waiting")
            self.inside += 1
            try:
                await self.app(scope, _again(b"".join(parts), receive), send)
            finally:
                self.inside -= 1
        except RefusedError as refusal:
            await refuse(refusal, scope, send)
        finally:
            self.held -= sum(map(len, parts))

    def _look(self, scope: Message) -> None:
        headers = dict(scope["headers"])
        kind = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
        if kind not in self.kinds or headers.get(b"content-encoding", b"identity") != b"identity":
            raise RefusedError(415, f"send the body as {' or '.join(self.kinds)}, not encoded")
        # With `Expect: 100-continue` nothing was sent yet, and nothing need be.
        said = headers.get(b"content-length", b"0")
        patience = 0 if b"expect" in headers else PATIENCE
        if len(said) > 15 or int(said) > self.largest * (1 + patience):
            raise self._too_large()

    async def _read(self, receive: Receive, parts: list[bytes]) -> None:
        size, more = 0, True
        try:
            async with asyncio.timeout(self.limits["seconds"]):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise RefusedError(400, "the caller left before the request was whole")
                    chunk, more = message.get("body", b""), message.get("more_body", False)
                    size += len(chunk)
                    if size > self.largest:
                        self._let_go(parts)
                    elif self.held + len(chunk) > TOGETHER * self.largest:
                        raise RefusedError(503, "too many large requests arrive at once")
                    else:
                        parts.append(chunk)
                        self.held += len(chunk)
                    if size > self.largest * (1 + PATIENCE):
                        break
        except TimeoutError:
            seconds = self.limits["seconds"]
            raise RefusedError(408, f"the request did not arrive within {seconds} seconds") from None
        if size > self.largest:
            raise self._too_large()

    def _let_go(self, parts: list[bytes]) -> None:
        self.held -= sum(map(len, parts))
        parts.clear()

    def _too_large(self) -> RefusedError:
        return RefusedError(413, f"the body is larger than {self.largest} bytes")


async def refuse(refusal: RefusedError, scope: Message, send: Send) -> None:
    """Send a refusal, and close the connection: more of the request may be on its way."""
    body = refusal.body(scope.get("state", {}).get("request_id", ""))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers += [(b"connection", b"close")] if refusal.code in (408, 413, 415, 503) else []
    headers += [(b"retry-after", b"1")] if refusal.code == 503 else []
    await send({"type": "http.response.start", "status": refusal.code, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a way to receive a body that was read."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return waiting.pop() if waiting else await receive()

    return received
