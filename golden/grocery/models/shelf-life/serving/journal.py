"""Each request has a name, and each request for predictions a line in the log, which says how it ended.

The line holds the name of the request, never what was asked: inputs belong into the prediction log.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
import uuid

from bounded import refuse
from given import Given
from measure import App, Message, Receive, Send
from refusal import RefusedError

WELL_FORMED = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
LOG = logging.getLogger("service")
# Which of two versions that serve side by side has answered.
TRACK = b"x-mlops-track"


class Journal:
    """An ASGI application that names each request, notes how it ended, and answers for what was raised."""

    def __init__(self, app: App, settings: Given) -> None:
        """Take the application, and the settings."""
        self.app, self.path, self.labels = app, settings.paths["predict"], settings.labels
        self.track = [(TRACK, settings.track.encode())] if settings.track else []

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request; the name that the caller gave it is kept where it is well formed."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        name = given if WELL_FORMED.fullmatch(given) else _renamed(given)
        scope.setdefault("state", {})["request_id"] = name.decode()
        start, code = time.perf_counter(), 0

        async def said(message: Message) -> None:
            nonlocal code
            if message["type"] == "http.response.start":
                code = message["status"]
                # What another pod has answered says so itself.
                own = [] if scope["state"].get("sent_on") else self.track
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", name), *own]
            await send(message)

        try:
            await self.app(scope, receive, said)
        except Exception:
            about = {"request_id": name.decode(), **self.labels}
            LOG.exception("the request failed", extra=about)
            if code:
                raise
            await refuse(RefusedError(500, "the request failed; the log says why"), scope, said)
        finally:
            if scope["path"] == self.path:
                spent = round((time.perf_counter() - start) * 1000, 3)
                about = {"request_id": name.decode(), "status": code, "milliseconds": spent, **self.labels}
                LOG.info("request", extra=about)


def _renamed(given: bytes) -> bytes:
    """Return a name for a request without one that is well formed.

    A version that is sent a copy of the request comes to the same: their answers are told apart by it.
    """
    return hashlib.sha256(given).hexdigest()[:32].encode() if given else uuid.uuid4().hex.encode()
