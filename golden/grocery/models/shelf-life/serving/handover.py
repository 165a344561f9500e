"""The listening socket: taken from the version that serves, or bound anew, and offered to the next.

The versions of a service on one host share a folder. Whoever listens offers its socket there, by a unix
socket of its own (unix(7), SCM_RIGHTS), so that the next one accepts from the same queue: while both
listen no connection is refused, and what one of them leaves in the queue the other answers. A process
that died leaves a unix socket that nobody answers: it is known by that, and cleared away.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import ipaddress
import os
import secrets
import socket
import struct
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Address = tuple[str, int]
# For one that holds the port and lets go of it, as a version does that cannot hand over.
PATIENCE_SECONDS, PAUSE_SECONDS = 10.0, 0.1
# For one that offers its socket and does not say more.
ANSWER_SECONDS = 5.0
BACKLOG = 1024


def address(text: str) -> Address:
    """Read `127.0.0.1:8080`, `[::1]:8080` or a port alone; raise ValueError for anything else."""
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") if host else "0.0.0.0"  # noqa: S104  # nosec B104
    try:
        found = str(ipaddress.ip_address(host)), int(port)
        if 0 < found[1] < 2**16:
            return found
    except ValueError:
        pass
    raise ValueError(f"LISTEN is {text!r}: write an address and a port, 127.0.0.1:8080")


def take(wanted: Address, folder: Path | None, patience: float = PATIENCE_SECONDS) -> socket.socket:
    """Return a socket that listens at an address: of whoever offers it in the folder, or a new one.

    Without a folder it is always a new one. Raises OSError when somebody else holds the address, also
    after `patience` seconds.
    """
    end = time.monotonic() + patience
    while True:
        with _turn(folder):
            if found := (_offered(folder, wanted) if folder else None) or _bound(wanted):
                return found
        if time.monotonic() > end:
            host, port = wanted
            raise OSError(
                errno.EADDRINUSE,
                f"another process listens at {host} port {port}, and does not hand it over: "
                "it is no version of this service, or it hangs",
            )
        time.sleep(PAUSE_SECONDS)


class Offer:
    """A socket on offer in a folder, until it is withdrawn or the process ends."""

    def __init__(self, listener: socket.socket, folder: Path) -> None:
        """Offer a socket; raises OSError where nothing can be written."""
        self._listener, self._folder = listener, folder
        self._door = socket.socket(socket.AF_UNIX)
        name = secrets.token_hex(8)
        self._path = folder / f"{name}.sock"
        with _turn(folder):
            for left in folder.glob("*.new"):
                left.unlink()
            # Named when it answers: nobody takes one that is just being made for dead.
            hidden = folder / f"{name}.new"
            self._door.bind(str(hidden))
            hidden.chmod(0o600)
            self._door.listen()
            hidden.rename(self._path)
        self._thread = threading.Thread(target=self._serve, name="handover", daemon=True)
        self._thread.start()

    def withdraw(self) -> None:
        """Stop offering; the socket itself stays open."""
        with contextlib.suppress(OSError):
            # Closing alone would not wake the thread.
            self._door.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._door.close()
        with _turn(self._folder):
            self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._door.accept()
            except OSError:
                return
            with peer, contextlib.suppress(OSError):
                peer.settimeout(ANSWER_SECONDS)
                if _trusted(peer):
                    socket.send_fds(peer, [b"listening"], [self._listener.fileno()])


def _offered(folder: Path, wanted: Address) -> socket.socket | None:
    """Ask everybody who offers, the newest first; None when nobody has what is wanted."""
    for path in sorted(folder.glob("*.sock"), key=lambda each: each.stat().st_mtime, reverse=True):
        try:
            found = _asked(path)
        except ConnectionRefusedError:
            # Its process is dead; the turn is ours, so that nobody else is at it.
            path.unlink(missing_ok=True)
            continue
        except OSError:
            continue
        if found and found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            if found.getsockname()[:2] == wanted:
                return found
            # LISTEN has changed between the versions.
            found.close()
    return None


def _asked(path: Path) -> socket.socket | None:
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(ANSWER_SECONDS)
        door.connect(str(path))
        if not _trusted(door):
            return None
        _, numbers, _, _ = socket.recv_fds(door, 64, 1)
    return socket.socket(fileno=numbers[0]) if numbers else None


def _trusted(peer: socket.socket) -> bool:
    """Say whether the process at the other end is of our own user."""
    told = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", told)
    return bool(user == os.geteuid())


def _bound(wanted: Address) -> socket.socket | None:
    """Return a new socket; None while somebody else has the address."""
    family = socket.AF_INET6 if ":" in wanted[0] else socket.AF_INET
    # Named as TCP: only then asyncio sends at once, and no answer waits 40 ms for an acknowledgement.
    fresh = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # Connections that are over would keep the address for a minute.
        fresh.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        fresh.bind(wanted)
        fresh.listen(BACKLOG)
    except OSError as fault:
        fresh.close()
        if fault.errno == errno.EADDRINUSE:
            return None
        raise
    return fresh


@contextlib.contextmanager
def _turn(folder: Path | None) -> Iterator[None]:
    """Let one process at a time look and take, as after a reboot, when all versions start at once."""
    if folder is None:
        yield
        return
    lock = os.open(folder / "turn", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
