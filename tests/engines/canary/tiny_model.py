"""An application that says which version it is; the environment says what is wrong with it.

ILL: `startup` ends at once, `asleep` never starts, `falls` ends some seconds after it was ready; FAILS: of how
many requests one fails (a number or `all`); SLOW: the seconds that an answer takes.
"""

import asyncio
import itertools
import os
import sys

VERSION = os.environ["MODEL_VERSION"].encode()
ILL, SLOW = os.environ.get("ILL", ""), float(os.environ.get("SLOW", "0"))
FAILS = int(os.environ.get("FAILS", "0").replace("all", "1"))
COUNT = itertools.count(1)
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
    while (await receive()).get("more_body"):
        pass
    if SLOW:
        await asyncio.sleep(SLOW)
    # Spread evenly, so that a share of the requests is the same share of any part of them.
    code = 500 if FAILS and not next(COUNT) % FAILS else 200
    headers = [(b"content-length", str(len(VERSION)).encode())]
    await send({"type": "http.response.start", "status": code, "headers": headers})
    await send({"type": "http.response.body", "body": VERSION})
