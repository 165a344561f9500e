"""Put a version into service, look whether it serves well, or take it back: VERSION=7, in MLOPS_ENV.

    deploy.py            VERSION comes into service; if it does not come up, what ran before does
    deploy.py --verify   is VERSION in service, and does it answer?
    deploy.py --back     what ran before VERSION, or before what runs, comes back

Each may be done twice, so that a run that was killed is completed by the next. Where a version gets its
traffic in steps, they are followed (FOLLOW=5h): its verdict is then done, rolled back, running,
or keep, when an A/B test has found nothing better.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

import registry
import release
import verdict
from places import Place, place
from processes import shell
from registry import Registry
from settings import settings
from state import alone
from verdict import Outcome

WAITING = "waiting for another deployment of this clone"
# Enough to see a service that fails often, and few enough to be no load.
REQUESTS = 20
EXAMPLE = "model/serving_input_example.json"


def main() -> int:
    """Run the command line; return 0 when it is done, 3 when the service is not good, 2 for an error."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--verify", action="store_true", help="only look")
    choice.add_argument("--back", action="store_true", help="bring back what ran before")
    given = parser.parse_args()
    if given.verify:
        return registry.run("verify", verify)
    # Going back must not wait for a registry that is down.
    return verdict.run("back-out", back) if given.back else registry.run("deploy", deploy)


def deploy(store: Registry) -> Outcome:
    """Put a version that the gate let through into service, between the hooks of the spec."""
    number = release.asked()
    version = release.passed(store, number)
    hooks = store.config.get("hooks", {})
    if "rollout" in store.config:
        # There only where some environment has a rollout.
        outcome: Outcome = import_module("stepwise").deploy(store, version, hooks)
        return outcome
    there = place(store.config)
    with alone("deployment", WAITING):
        if before := hooks.get("before_deploy"):
            shell(before)
        lines = there.deploy(number)
        if after := hooks.get("after_deploy"):
            shell(after)
    return Outcome("done", {"version": int(number)}, lines)


def verify(store: Registry) -> Outcome:
    """Say whether a version is in service and answers, within the errors that the spec allows."""
    number = release.asked()
    there, allowed = place(store.config), release.delivery(store.config).get("error_rate", 0.0)
    if complaint := _silent(there, number):
        return Outcome("refused", {"version": int(number)}, [f"version {number} does not serve: {complaint}"])
    with store.artifact(store.version(number), EXAMPLE) as example:
        body = example.read_bytes() if example else b""
    if not body:
        lines = ["it answers; the model has no input example, so that no request was tried"]
        return Outcome("done", {"version": int(number)}, lines)
    failed, told = there.ask(body, REQUESTS)
    line = f"{failed} of {REQUESTS} requests failed, {allowed:g} of all are allowed"
    figures = {"version": int(number), "requests": REQUESTS, "failed": failed}
    good = failed <= allowed * REQUESTS
    return Outcome("done" if good else "refused", figures, [line, *([told] if told else [])])


def back() -> Outcome:
    """Bring back what ran before; without VERSION, before what runs now."""
    there = place(settings())
    number = release.asked() if os.environ.get("VERSION") else ""
    with alone("deployment", WAITING):
        now, lines = there.back(number)
    return Outcome("rolled back", {"version": int(now)} if now else {}, lines)


def _silent(there: Place, number: str) -> str:
    """Return why a version is not in service; empty when it is."""
    if (found := there.version()) != number:
        return f"version {found} is in service" if found else "no version is in service"
    return there.ready()


if __name__ == "__main__":
    sys.exit(main())
