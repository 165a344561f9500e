"""uvicorn, with a beginning and an end of its own.

It takes the listening socket when the application is ready, not before. Told to stop, it accepts no
more, answers what comes on the connections that are open and ends each with its answer, and goes when
none is left or the time is over. Beside the port it answers on a unix socket of its own, where whoever
looks after it asks this process and no other that shares the port.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import handover
import uvicorn
from request_limits import CLOSE, Limits, Patience

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from types import FrameType

# Longer than the 60 s of load balancers and of most clients: it is they who close an idle connection,
# and no request crosses with our closing it.
KEEP_ALIVE_SECONDS = 75
# Of the time to drain, what is left for requests that came at its end.
LAST_SECONDS = 2.0
log = logging.getLogger("launch")


@dataclass(frozen=True)
class Place:
    """Where and how long a process serves.

    `folder` is where versions hand over to each other, None where nobody does; `own` the unix socket of
    this process alone; `drain` the seconds from the first SIGTERM to the end.
    """

    address: handover.Address
    folder: Path | None
    own: Path
    drain: float


class Draining:
    """An application whose answers end their connections once it is told to stop."""

    def __init__(self, measured: Any) -> None:
        """Take the application, with what tells whether it is ready."""
        self.measured, self.begun = measured, False

    def begin(self) -> None:
        """Drain from now on."""
        self.begun = self.measured.stopping = True

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        await self.measured(scope, receive, self._sending(send))

    def _sending(self, send: Any) -> Any:
        async def sent(message: dict[str, Any]) -> None:
            # Asked when the answer begins: it may have been told to stop since the request came.
            if self.begun and message["type"] == "http.response.start":
                headers = [each for each in message.get("headers", ()) if each[0].lower() != CLOSE[0]]
                message = {**message, "headers": [*headers, CLOSE]}
            await send(message)

        return sent


class Server(uvicorn.Server):
    """A server of one process."""

    def __init__(self, app: Draining, place: Place, limits: Limits) -> None:
        """Take the application; nothing is opened yet."""
        super().__init__(
            uvicorn.Config(
                app,
                interface="asgi3",
                loop="asyncio",
                http="h11",
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=limits.connections,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=int(LAST_SECONDS),
                h11_max_incomplete_event_size=2**15,
            )
        )
        self.app, self.place, self.limits = app, place, limits
        self.offer: handover.Offer | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application, then open the unix socket, then take the port."""
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            sys.exit(uvicorn.config.STARTUP_FAILURE)
        loop, kind = asyncio.get_running_loop(), self._protocol()
        listener = sockets[0] if sockets else handover.take(self.place.address, self.place.folder)
        if self.place.folder:
            self.offer = handover.Offer(listener, self.place.folder)
        public = await loop.create_server(kind, sock=listener, backlog=handover.BACKLOG)
        self.place.own.unlink(missing_ok=True)
        own = await loop.create_unix_server(kind, path=str(self.place.own))
        self.servers = [public, own]
        self.started = True
        host, port = self.place.address
        log.info("serving", extra={"address": host, "port": port})

    def _protocol(self) -> Any:
        made = type("Protocol", (Patience, self.config.http_protocol_class), {"seconds": self.limits.seconds})

        def protocol() -> Any:
            return made(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

        return protocol

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then end what is left."""
        log.info("draining", extra={"connections": len(self.server_state.connections)})
        if self.offer:
            await asyncio.to_thread(self.offer.withdraw)
        loop = asyncio.get_running_loop()
        end = loop.time() + max(0.0, self.place.drain - LAST_SECONDS)
        await self._accept_no_more(self.servers[0])
        # Not before: whoever is told to open another connection must not come back to this process.
        self.app.begin()
        # uvicorn would close idle connections at once, and a request could be on its way in one of them.
        while self.server_state.connections and loop.time() < end:
            await asyncio.sleep(0.05)
        left = len(self.server_state.connections)
        await super().shutdown(sockets)
        log.info("stopped", extra={"connections_cut": left})

    async def _accept_no_more(self, public: asyncio.Server) -> None:
        """Leave the queue to others; whom asyncio has accepted already is still served."""
        for each in public.sockets:
            asyncio.get_running_loop().remove_reader(each.fileno())
        # A connection is accepted in one turn of the loop and handed to a protocol in the next ones: closed
        # in between, asyncio would drop it.
        await asyncio.sleep(0.05)
        public.close()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take over from the handlers of the start; unlike uvicorn, end with 0 and not by the signal."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.handle_exit)
        yield

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        """Drain at the first signal; before there is anything to drain, and at the second, go at once."""
        if self.should_exit or not self.started:
            os._exit(128 + sig)
        self.should_exit = True
