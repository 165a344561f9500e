"""What every runtime has alike: metrics of the requests for predictions, /metrics, /healthz and /readyz.

    from service import app  # loads the model
    measured = Measured(app, given())
    measured.stopping = True  # from now on /readyz is 503

It stands outside of the application, so that what is refused before a handler runs counts too: a
version that is sent wrong inputs shows only as 422. Probes and unknown paths are not counted.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from given import Given
from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

METRICS, ALIVE, READY = "/metrics", "/healthz", "/readyz"
# There from the start: to Prometheus, a counter that is born with its first error has not risen.
CODES = (200, 400, 404, 405, 413, 422, 500, 503)

disable_created_metrics()  # type: ignore[no-untyped-call]


class Measured:
    """An ASGI application that counts what another one answers, and answers for the process itself."""

    def __init__(self, app: App, settings: Given, registry: CollectorRegistry = REGISTRY) -> None:
        """Take the application, the settings, and where the metrics are kept."""
        self.app, self.registry, self.path = app, registry, settings.paths["predict"]
        self.stopping = False
        constant, names = tuple(settings.labels.values()), tuple(settings.labels)
        self.constant = constant
        about = "Requests for predictions, by the code of the answer."
        self.requests = Counter("model_requests_total", about, (*names, "code"), registry=registry)
        for code in CODES:
            self.requests.labels(*constant, str(code))
        self.seconds = Histogram(
            "model_request_duration_seconds",
            "Seconds from the last byte of a request for predictions to the last byte of its answer.",
            names,
            buckets=settings.buckets,
            registry=registry,
        ).labels(*constant)
        about = "The version that serves, and by which runtime; always 1."
        info = Gauge("model_info", about, (*names, "runtime"), registry=registry)
        info.labels(*constant, settings.runtime).set(1)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request, or the events of the application's life."""
        if scope["type"] == "http" and scope["path"] in (METRICS, ALIVE, READY):
            await self._tell(scope["method"], scope["path"], send)
        elif scope["type"] == "http" and scope["path"] == self.path:
            await self._measure(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _measure(self, scope: Message, receive: Receive, send: Send) -> None:
        start, code = time.perf_counter(), 0

        async def heard() -> Message:
            nonlocal start
            message = await receive()
            # How long a caller takes to say what is wanted is not the model's doing.
            if message["type"] == "http.request" and not message.get("more_body"):
                start = time.perf_counter()
            return message

        async def said(message: Message) -> None:
            nonlocal code
            if message["type"] == "http.response.start":
                code = message["status"]
            await send(message)

        try:
            await self.app(scope, heard, said)
        except Exception:
            # The server answers for an application that did not.
            code = code or 500
            raise
        finally:
            # What another pod has answered counts there.
            if code and not scope.get("state", {}).get("sent_on"):
                self.seconds.observe(time.perf_counter() - start)
                self.requests.labels(*self.constant, str(code)).inc()

    async def _tell(self, method: str, path: str, send: Send) -> None:
        """Answer for the process: the model was loaded before anything was asked."""
        body, kind, code = b"ok\n", "text/plain; charset=utf-8", 200
        if path == METRICS:
            body, kind = generate_latest(self.registry), CONTENT_TYPE_PLAIN_0_0_4
        elif path == READY and self.stopping:
            body, code = b"stopping\n", 503
        if method not in ("GET", "HEAD"):
            body, code = b"only GET\n", 405
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
        headers += [(b"allow", b"GET, HEAD")] if code == 405 else []
        await send({"type": "http.response.start", "status": code, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
