"""Tell people what an automation has to say: by Slack, mail and webhook, whichever the spec has.

    notify.py --title 'Drift in age' --text 'KS 0.31' --key drift --severity warning

Never fails the job that calls it, and holds it up for a minute at most: what goes wrong is printed, and
the exit code is 0. The same key is told once an hour, and a channel gets 20 messages an hour at most.
"""

from __future__ import annotations

import argparse
import hashlib
import secrets
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from channels import Channel, Message, RefusedError, TransientError, channels
from settings import settings
from state import FileState
from told import Told

SEVERITIES = ("info", "warning", "page")


@dataclass(frozen=True)
class Patience:
    """How long and how often to try, in seconds; waits double."""

    limit: float = 60.0
    attempt: float = 10.0
    first_wait: float = 1.0
    attempts: int = 5
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time


def main(arguments: list[str] | None = None, patience: Patience | None = None) -> int:
    """Run the command line; return 0 whatever happens."""
    try:
        given = _parser().parse_args(arguments)
    except SystemExit:
        # The usage was printed.
        return 0
    key = given.key or hashlib.sha256(f"{given.title}\0{given.text}".encode()).hexdigest()[:16]
    try:
        config = settings()
    except (OSError, ValueError) as fault:
        print(f"notify: nobody was told: {fault}", file=sys.stderr)
        return 0
    message = Message(config["model"]["name"], given.severity, given.title, given.text, key)
    patience = patience or Patience()
    if given.again:
        message = replace(message, key=secrets.token_hex(8))
    told = Told(FileState("notify"), patience.clock)
    tell(message, channels(config.get("notify") or {}), told, patience)
    return 0


def tell(message: Message, receivers: Mapping[str, Channel], told: Told, patience: Patience) -> None:
    """Send a message over all channels at once; return when all are done or time is up."""
    deadline = time.monotonic() + patience.limit
    threads = {
        # Daemons end with the program, also where a receiver never answers.
        name: threading.Thread(target=_deliver, args=(name, channel, message, told, patience), daemon=True)
        for name, channel in receivers.items()
    }
    for thread in threads.values():
        thread.start()
    for name, thread in threads.items():
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            print(f"notify: {name}: no answer within {patience.limit:g} seconds", file=sys.stderr, flush=True)


def _deliver(name: str, channel: Channel, message: Message, told: Told, patience: Patience) -> None:
    """Send a message over one channel unless it was told already, and say what became of it."""
    try:
        if held := told.claim(name, message.key, patience.limit):
            print(f"notify: {name}: held back: {held}", flush=True)
            return
        try:
            _send(name, channel, message, patience)
        except (RefusedError, TransientError):
            told.release(name, message.key)
            raise
        told.confirm(name, message.key)
        print(f"notify: {name}: told", flush=True)
    except (RefusedError, TransientError, OSError, ValueError) as fault:
        print(f"notify: {name}: not told: {fault}", file=sys.stderr, flush=True)


def _send(name: str, channel: Channel, message: Message, patience: Patience) -> None:
    """Try until it is sent, refused, or no attempt is left."""
    wait = patience.first_wait
    for left in reversed(range(patience.attempts)):
        try:
            channel(message, patience.attempt)
            return
        except TransientError as fault:
            if not left or fault.wait > patience.limit:
                raise
            wait = max(wait, fault.wait)
            print(f"notify: {name}: {fault}; again in {wait:g} seconds", file=sys.stderr, flush=True)
            patience.sleep(wait)
            wait *= 2
        except RefusedError:
            raise
        except Exception as fault:
            # Its text may repeat a secret.
            raise RefusedError(type(fault).__name__) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--title", required=True)
    parser.add_argument("--text", default="")
    parser.add_argument("--key", default="", help="what it is about; else its title and text")
    parser.add_argument("--again", action="store_true", help="also if the same was told already")
    parser.add_argument("--severity", choices=SEVERITIES, default="info")
    return parser


if __name__ == "__main__":
    sys.exit(main())
