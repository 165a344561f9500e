"""The service: predictions of one pinned version, by FastAPI. Importing it loads the model.

    POST /predict   one row, {"age": 40, "plan": "pro"}, or many, {"rows": [{...}, {...}]}
    GET /openapi.json   what a request and an answer look like

FastAPI's pages for people are off: they load scripts from elsewhere. /healthz, /readyz and /metrics are
answered by `measure`; bounds, names of requests and lines of the log are put around it by `launch`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
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
        self.experiment = experiment(settings)
        self.pool = ThreadPoolExecutor(settings.limits["parallel"], thread_name_prefix="predict")

    async def answer(self, request: Request) -> Response:
        """Answer a request for predictions."""
        name = request.state.request_id
        try:
            return await self._answered(request, name, await request.body())
        except RefusedError as refusal:
            told, code = refusal.body(name), refusal.code
        except Exception:
            LOG.exception("the model failed", extra={"request_id": name, **self.settings.labels})
            told, code = RefusedError(500, "the model failed; the log says why").body(name), 500
        return Response(told, code, media_type="application/json")

    async def _answered(self, request: Request, name: str, body: bytes) -> Response:
        at, counts = datetime.now(UTC), not name.startswith(PROBE)
        visit = self.experiment.visit(request.scope, name) if self.experiment and counts else None
        asked, answers = await self._working(self._predict, body, visit)
        if visit and answers is None:
            if heard := await visit.elsewhere(body):
                request.state.sent_on = True
                return Response(heard.body, heard.status, heard.headers)
            answers = await self._working(self.predictor.predict, asked)
        self.answers.count(answers)
        asked = visit.answered(asked) if visit else asked
        if self.log and counts:
            self.log.put(Answered(name, at, asked, answers, len(body)))
        told = {"model": self.settings.model, "version": self.settings.version, "request_id": name}
        return Response(encoded({"predictions": answers, **told}), media_type="application/json")

    def _predict(self, body: bytes, visit: Any) -> tuple[list[dict[str, Any]], list[Any] | None]:
        """Return the rows of a request and their answers, None where somebody else is to answer."""
        asked = rows(parsed(body), self.fields, self.settings.limits["rows"])
        return asked, None if visit and visit.leaves(asked) else self.predictor.predict(asked)

    async def _working(self, work: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.pool, work, *given)

    @asynccontextmanager
    async def life(self, _: FastAPI) -> AsyncIterator[None]:
        """Write what waits for the log when the service stops."""
        yield
        self.pool.shutdown()
        if self.experiment:
            self.experiment.forwarding.close()
        if self.log:
            await asyncio.to_thread(self.log.finish)


def experiment(settings: Given) -> Any:
    """Return the A/B test that this process takes part in, or None."""
    if not settings.ab_test or not settings.ab_test_url:
        return None
    # Programs that only services with a test have.
    from experiment import Experiment

    return Experiment(settings)


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
