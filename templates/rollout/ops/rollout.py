"""Gives a version its traffic step by step, as long as its own requests are good, or takes it back.

    rollout.py             the rollout that the Lease asks for, from wherever it is
    rollout.py --dry-run   print what it would do, and when; nothing is asked and nothing written

Runs as a Job in the cluster, of the pods' own image: it needs nothing but Python. Exit codes: 0 promoted,
or kept by an A/B test, 3 taken back, 2 an error, after which it may be started again and goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rollout_api import Api, Http, RefusedError, SilentError
from rollout_course import Course
from rollout_gauges import Gauges
from rollout_hold import Hold, TakeBackError
from rollout_lease import AbortedError, HeldError, Lease, LostError
from rollout_network import Network
from rollout_plan import plan
from rollout_providers import provider
from rollout_queries import Prometheus
from rollout_state import State
from rollout_told import Told

CHUNK = 5.0
# An hour of asking an API server that is not there.
ATTEMPTS = 720
CODES = {"promoted": 0, "keep": 0, "rolled back": 3}


def run(
    config: Mapping[str, Any],
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    http: Http,
    identity: str,
    say: Callable[[str], None],
    seen: Callable[[State], None] = lambda _: None,
) -> int:
    """Lead the rollout of the Lease to its end; return 0 promoted or kept, 3 taken back, 2 for an error.

    `config` is the `rollout` setting of an environment with model, namespace, lease, stable, canary and
    route, and `kubernetes`, the API server's address. `say` gets lines of JSON, `seen` each new state.
    """
    api = Api(http, sleep, config["kubernetes"], config["namespace"])
    lease, silent = Lease(api, config["lease"], identity, clock), 0
    while True:
        try:
            if lease.look().phase != "ended":
                silent = 0
                _lead(config, api, lease, say, seen)
            say(json.dumps({"report": asdict(lease.state)}, ensure_ascii=False))
            return CODES.get(lease.state.verdict, 2)
        except SilentError as fault:
            silent += 1
            say(json.dumps({"line": f"the API server is not there and is asked again: {fault}"}))
            if silent > ATTEMPTS:
                return 2
            sleep(CHUNK)
        except (HeldError, LostError, RefusedError, ValueError) as fault:
            say(json.dumps({"line": f"error: {fault}"}, ensure_ascii=False))
            return 2


def _lead(
    config: Mapping[str, Any],
    api: Api,
    lease: Lease,
    say: Callable[[str], None],
    seen: Callable[[State], None],
) -> None:
    """Hold the Lease and go on from its phase to the end."""

    def pause(seconds: float) -> None:
        while seconds > 0:
            api.sleep(min(seconds, CHUNK))
            seconds -= CHUNK
            lease.keep()
        lease.keep()

    # On the way back there is nothing left to abort.
    lease.heeds = lease.state.phase != "reverting"
    lease.take()
    led = provider(config, api, lease.renew, lease.identity)
    told = Told(config, api, lease, say, seen)
    prometheus = Prometheus(config, api.http, pause, lease.state.version)
    course = Course(config, led, Hold(config, lease, led, prometheus, told, pause))
    while lease.state.phase != "ended":
        try:
            if lease.succeeds:
                led.fence()
            # Only now: a fence that met a silent server is put up again.
            lease.succeeds = False
            course.go()
        except AbortedError as fault:
            course.take_back(f"asked for: {fault}")
        except TakeBackError as fault:
            course.take_back(str(fault), fault.verdict, fault.figures)
        except RefusedError as fault:
            if lease.state.phase == "reverting":
                raise
            course.take_back(str(fault))
    lease.release()


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dry-run", action="store_true", help="print what would be done, and when")
    parser.add_argument("--config", default=str(Path(__file__).with_name("rollout.json")))
    given = parser.parse_args()
    config = json.loads(Path(given.config).read_text(encoding="utf-8"))
    if given.dry_run:
        print("\n".join(plan(config)))
        return 0
    host, port = (os.environ.get(f"KUBERNETES_SERVICE_{name}", "") for name in ("HOST", "PORT"))
    config.setdefault("kubernetes", f"https://{f'[{host}]' if ':' in host else host}:{port or 443}")
    # A clock that nobody sets while we run.
    start = time.time() - time.monotonic()
    gauges = Gauges(config)
    gauges.serve()
    return run(
        config,
        lambda: start + time.monotonic(),
        time.sleep,
        Network(config["kubernetes"]).call,
        socket.gethostname(),
        lambda line: print(line, flush=True),
        gauges.seen,
    )


if __name__ == "__main__":
    sys.exit(main())
