"""What no connection may exceed: the time that the head of a request takes, and how many are open.

What the bodies of requests may be is `bounded`'s matter.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

CLOSE = (b"connection", b"close")
LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


@dataclass(frozen=True)
class Limits:
    """`seconds` for the head of a request to arrive; `connections` are counted open, idle ones too."""

    seconds: float
    connections: int = 4096


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
