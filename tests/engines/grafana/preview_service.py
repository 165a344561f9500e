"""A small application for launch.py: mostly right, sometimes slow, sometimes wrong."""

import asyncio
import itertools
import random
from typing import Any

CHANCE, COUNT = random.Random(0), itertools.count()


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer one of many requests with a failure, and one of some late."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    while (await receive()).get("more_body"):
        pass
    await asyncio.sleep(min(CHANCE.expovariate(1 / 0.02), 0.4))
    number = next(COUNT)
    status = 500 if number % 500 == 499 else 422 if number % 300 == 50 else 200
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})
