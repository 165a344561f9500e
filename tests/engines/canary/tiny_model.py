"""An application that says which version it is; the environment says what is wrong with it.

ILL: `startup` ends at once, `asleep` never starts, `falls` ends some seconds after it was ready; FAILS: of how
many requests one fails (a number or `all`); SLOW: the seconds that an answer takes. With AB_TEST_URL it sends
requests on as the generated service does, with its own program for that.
"""

import asyncio
import itertools
import os
import sys

VERSION = os.environ["MODEL_VERSION"].encode()
ILL, SLOW = os.environ.get("ILL", ""), float(os.environ.get("SLOW", "0"))
FAILS = int(os.environ.get("FAILS", "0").replace("all", "1"))
COUNT = itertools.count(1)
EXPERIMENT = None
if os.environ.get("AB_TEST_URL"):
    from experiment import Experiment
    from given import given

    EXPERIMENT = Experiment(given())
if ILL == "startup":
    sys.exit(1)


async def app(scope, receive, send):
    """Answer with the version."""
    if scope["type"] == "lifespan":
        await receive()
        if ILL == "asleep":
            await asyncio.Event().wait()
        if ILL == "falls":
            asyncio.get_running_loop().call_later(4, os._exit, 9)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body")
    if EXPERIMENT and scope["path"] == "/predict":
        visit = EXPERIMENT.visit(scope, f"x-{next(COUNT)}")
        if visit.leaves([]) and (heard := await visit.elsewhere(body)):
            scope["state"]["sent_on"] = True
            headers = [(name.encode(), text.encode()) for name, text in heard.headers.items()]
            size = (b"content-length", str(len(heard.body)).encode())
            start = {"type": "http.response.start", "status": heard.status, "headers": [*headers, size]}
            await send(start)
            await send({"type": "http.response.body", "body": heard.body})
            return
    if SLOW:
        await asyncio.sleep(SLOW)
    # Spread evenly, so that a share of the requests is the same share of any part of them.
    code = 500 if FAILS and not next(COUNT) % FAILS else 200
    headers = [(b"content-length", str(len(VERSION)).encode())]
    await send({"type": "http.response.start", "status": code, "headers": headers})
    await send({"type": "http.response.body", "body": VERSION})
