"""An application that starts at once and says which version it is; what it is given decides how it fails."""

import asyncio
import os

VERSION = os.environ["MODEL_VERSION"].encode()
ILL = os.environ.get("ILL", "")
if ILL == "import":
    raise RuntimeError(f"this is version {VERSION.decode()}, and it is ill")


async def app(scope, receive, send):
    """Answer with the version."""
    if scope["type"] == "lifespan":
        await receive()
        if ILL == "asleep":
            await asyncio.Event().wait()
        if ILL == "soon":
            asyncio.get_running_loop().call_later(0.7, os._exit, 9)
        kind = "failed" if ILL == "startup" else "complete"
        await send({"type": f"lifespan.startup.{kind}", "message": "it is ill"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-length", str(len(VERSION)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": VERSION})
