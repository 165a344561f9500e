"""Gives a version its traffic step by step, as long as its own requests are good, or takes it back.

    rollout.py             the rollout that the Lease asks for, from wherever it is
    rollout.py --dry-run   print what it would do, and when; nothing is asked and nothing written

Runs as a Job in the cluster, of the pods' own image: it needs nothing but Python. Exit codes: 0 promoted,
3 taken back, 2 an error, after which it may be started again and goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rollout_api import Api, Http, RefusedError, SilentError
from rollout_course import Course, TakeBackError
from rollout_lease import AbortedError, HeldError, Lease, LostError
from rollout_network import Network
from rollout_providers import provider
from rollout_queries import Prometheus
from rollout_told import Told

CHUNK, PATIENCE = 5.0, 3600.0
CODES = {"promoted": 0, "rolled back": 3}


def run(
    config: Mapping[str, Any],
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    http: Http,
    identity: str,
    say: Callable[[str], None],
) -> int:
    """Lead the rollout of the Lease to its end; return 0 promoted, 3 taken back, 2 for an error.

    `config` is the `rollout` setting of an environment with model, namespace, lease, stable, canary and
    route, and `kubernetes`, the API server's address.
    """
    api = Api(http, sleep, config["kubernetes"], config["namespace"])
    lease = Lease(api, config["lease"], identity, clock)
    last = clock()
    while True:
        try:
            if lease.look().phase != "ended":
                lease.take()
                _lead(config, api, lease, say)
                lease.release()
            return CODES[lease.state.verdict]
        except SilentError as fault:
            say(json.dumps({"line": f"the API server is not there, and is asked again: {fault}"}))
            if clock() - last > PATIENCE:
                return 2
            sleep(CHUNK)
        except (HeldError, LostError, RefusedError, ValueError) as fault:
            say(json.dumps({"line": f"error: {fault}"}))
            return 2


def _lead(config: Mapping[str, Any], api: Api, lease: Lease, say: Callable[[str], None]) -> None:
    """Go on from the phase of the Lease to the end."""

    def pause(seconds: float) -> None:
        while seconds > 0:
            api.sleep(min(seconds, CHUNK))
            seconds -= CHUNK
            lease.keep()

    told = Told(config, api, lease, say)
    prometheus = Prometheus(config, api.http, pause)
    course = Course(config, lease, provider(config, api, lease.renew), prometheus, told, pause)
    while lease.state.phase != "ended":
        # On the way back there is nothing left to abort.
        lease.heeds = lease.state.phase != "reverting"
        try:
            course.go()
        except AbortedError as fault:
            lease.heeds = False
            course.take_back(f"asked for: {fault}")
        except TakeBackError as fault:
            course.take_back(str(fault))


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--config", default=str(Path(__file__).with_name("rollout.json")))
    given = parser.parse_args()
    config = json.loads(Path(given.config).read_text(encoding="utf-8"))
    host, port = (os.environ.get(f"KUBERNETES_SERVICE_{name}", "") for name in ("HOST", "PORT"))
    config.setdefault("kubernetes", f"https://{f'[{host}]' if ':' in host else host}:{port or 443}")
    # A clock that nobody sets while we run.
    start = time.time() - time.monotonic()
    network = Network(config["kubernetes"])
    return run(
        config,
        lambda: start + time.monotonic(),
        time.sleep,
        network.call,
        socket.gethostname(),
        lambda line: print(line, flush=True),
    )


if __name__ == "__main__":
    sys.exit(main())
