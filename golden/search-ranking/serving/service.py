"""The service: predictions of one pinned version, by FastAPI. Importing it loads the model.

    POST /predict   one row, {"age": 40, "plan": "pro"}, or many, {"rows": [{...}, {...}]}
    GET /openapi.json   what a request and an answer look like

FastAPI's pages for people are off: they load scripts from elsewhere. /healthz, /readyz and /metrics are
answered by `measure`; bounds, names of requests and lines of the log are put around it by `launch`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import request_schema
from fastapi import FastAPI, Request, Response
from given import Given, given
from journal import LOG
from prediction import Predictor
from prediction_log import Answered, PredictionLog
from prediction_metrics import Answers
from refusal import RefusedError, encoded
from request_fields import Field, rows
from starlette.exceptions import HTTPException
from strict_json import parsed

# What looks after the service asks under such names: these are no predictions for anybody.
PROBE = "probe-"


class Service:
    """A loaded model, and what becomes of its answers."""

    def __init__(self, settings: Given) -> None:
        """Load the model; raise ValueError where the inputs of the spec do not fit it."""
        self.settings = settings
        self.predictor = Predictor(settings)
        self.answers = Answers(settings)
        self.log = PredictionLog(settings) if settings.log_place else None
        # Where labels come later, a caller may name the row, so that they find their prediction.
        keys = {name: Field(name, kind, nullable=True, optional=True) for name, kind in settings.key.items()}
        self.fields = {**self.predictor.columns.fields, **keys}
        self.pool = ThreadPoolExecutor(settings.limits["parallel"], thread_name_prefix="predict")

    async def answer(self, request: Request) -> Response:
        """Answer a request for predictions."""
        name = request.state.request_id
        try:
            told, code = await self._predictions(name, await request.body()), 200
        except RefusedError as refusal:
            told, code = refusal.body(name), refusal.code
        except Exception:
            LOG.exception("the model failed", extra={"request_id": name, **self.settings.labels})
            told, code = RefusedError(500, "the model failed; the log says why").body(name), 500
        return Response(told, code, media_type="application/json")

    async def _predictions(self, name: str, body: bytes) -> bytes:
        at = datetime.now(UTC)
        work = asyncio.get_running_loop().run_in_executor(self.pool, self._predict, body)
        asked, answers = await work
        self.answers.count(answers)
        if self.log and not name.startswith(PROBE):
            self.log.put(Answered(name, at, asked, answers, len(body)))
        told = {"model": self.settings.model, "version": self.settings.version, "request_id": name}
        return encoded({"predictions": answers, **told})

    def _predict(self, body: bytes) -> tuple[list[dict[str, Any]], list[Any]]:
        asked = rows(parsed(body), self.fields, self.settings.limits["rows"])
        return asked, self.predictor.predict(asked)

    @asynccontextmanager
    async def life(self, _: FastAPI) -> AsyncIterator[None]:
        """Write what waits for the log when the service stops."""
        yield
        self.pool.shutdown()
        if self.log:
            await asyncio.to_thread(self.log.finish)


def made(settings: Given) -> FastAPI:
    """Return the application."""
    service = Service(settings)
    api = FastAPI(
        title=settings.model,
        version=settings.version,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=service.life,
    )
    asked = request_schema.request(service.fields, settings.limits["rows"])
    api.add_api_route(
        settings.paths["predict"],
        service.answer,
        methods=["POST"],
        summary="Predict for one row or for many",
        openapi_extra={"requestBody": asked},
        responses=request_schema.responses(),
        response_class=Response,
    )

    @api.exception_handler(HTTPException)
    async def elsewhere(request: Request, fault: HTTPException) -> Response:
        refusal = RefusedError(fault.status_code, str(fault.detail).lower())
        body = refusal.body(request.state.request_id)
        return Response(body, fault.status_code, fault.headers, "application/json")

    return api


app = made(given())
