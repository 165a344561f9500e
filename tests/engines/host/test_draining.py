"""The end of a server, turn by turn of its event loop."""

import asyncio
import socket
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def draining(programs: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module."""
    monkeypatch.syspath_prepend(programs)
    import draining

    return draining


@pytest.mark.parametrize("turns", range(6))
def test_whom_asyncio_has_accepted_is_still_served(draining: ModuleType, turns: int) -> None:
    """However far a connection is when no more are accepted: it is answered, or left for another process."""

    async def answered() -> tuple[bytes, bool]:
        came: list[bool] = []

        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            came.append(True)
            writer.write(await reader.read(5))
            writer.close()

        listener = socket.create_server(("127.0.0.1", 0))
        listener.setblocking(False)
        # As a handover does: who takes over holds the queue beside us.
        heir = listener.dup()
        public = await asyncio.start_server(echo, sock=listener)
        with heir, socket.create_connection(listener.getsockname()) as client:
            client.sendall(b"hello")
            for _ in range(turns):
                await asyncio.sleep(0)
            await draining.Server._accept_no_more(None, public)
            if not came:
                heir.settimeout(0)
                left, _ = heir.accept()
                with left:
                    left.sendall(b"heir!")
            client.settimeout(5)
            return await asyncio.to_thread(client.recv, 5), bool(came)

    said, ours = asyncio.run(answered())
    assert said == (b"hello" if ours else b"heir!")
