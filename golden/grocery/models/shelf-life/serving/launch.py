"""Start the service: load the application, take the port from the version before, serve, and drain.

Reads the settings as given.py does, and from the environment
    APP            the application, module:name; service:app
    LISTEN         where it listens: 127.0.0.1:8080; without it every address, at PORT or 8080
    HANDOVER       the folder where the versions of one host hand the port over; empty: nobody does
    DRAIN_SECONDS  how long it may answer what is open after SIGTERM: 20
    OWN_SOCKET     the unix socket where probe.py asks this very process: service.sock for temporary files

Exits with 0 when it was told to stop, 2 when it cannot serve as it is told to, 3 when the application
does not start, 4 when somebody else holds the port, and 143 when it was told to stop before it served,
or twice.
"""

from __future__ import annotations

import errno
import importlib
import logging
import os
import resource
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import handover
import json_lines
from bounded import Bounded
from draining import Draining, Place, Server
from given import Given, given
from journal import Journal
from measure import Measured
from request_limits import Limits

# With the 5 s that Kubernetes waits before SIGTERM it fits into its 30.
DRAIN_SECONDS = 20.0
log = logging.getLogger("launch")


def main() -> int:
    """Serve until told to stop; return the exit code."""
    # The first process of a container would not be ended by a signal that it does not handle.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda sig, _frame: os._exit(128 + sig))
    json_lines.begin()
    try:
        settings, place = given(), _place()
    except (OSError, ValueError) as fault:
        log.error("%s", fault)
        return 2
    try:
        app = _loaded(os.environ.get("APP") or "service:app")
    except Exception:
        log.exception("the application does not start")
        return 3
    _files(Limits.connections)
    try:
        _server(app, settings, place).run()
    except OSError as fault:
        log.error("%s", fault)
        return 4 if fault.errno == errno.EADDRINUSE else 2
    return 0


def _place() -> Place:
    """Read the environment; raise ValueError for what makes no sense."""
    listen = os.environ.get("LISTEN") or os.environ.get("PORT") or "8080"
    folder = Path(os.environ["HANDOVER"]) if os.environ.get("HANDOVER") else None
    if folder and not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise ValueError(f"HANDOVER is {str(folder)!r}: no folder that user {os.geteuid()} can write to")
    drain = float(os.environ.get("DRAIN_SECONDS") or DRAIN_SECONDS)
    if not 0 <= drain <= 3600:
        raise ValueError(f"DRAIN_SECONDS is {drain:g}: write seconds from 0 to 3600")
    own = Path(os.environ.get("OWN_SOCKET") or Path(tempfile.gettempdir()) / "service.sock")
    return Place(handover.address(listen), folder, own, drain)


def _loaded(name: str) -> Any:
    """Import an application, which loads its model."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute or "app")


def _server(app: Any, settings: Given, place: Place) -> Server:
    """Put around the application what every runtime has: limits, metrics, and an end in peace."""
    measured = Measured(Journal(Bounded(app, settings), settings), settings)
    return Server(Draining(measured), place, Limits(seconds=settings.limits["seconds"]))


def _files(connections: int) -> None:
    """Allow as many open files as connections need, as far as one may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + 256
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


if __name__ == "__main__":
    sys.exit(main())
