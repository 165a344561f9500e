"""Put a version into service, look whether it serves well, or take it back: VERSION=7, in MLOPS_ENV.

    deploy.py            VERSION comes into service; if it does not come up, what ran before does
    deploy.py --verify   is VERSION in service, and does it answer?
    deploy.py --back     what ran before VERSION, or before what runs, comes back

Each may be done twice, so that a run that was killed is completed by the next.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any, Protocol

import registry
import release
import verdict
from cluster import Cluster
from host import Host
from processes import shell
from registry import Registry
from settings import settings
from state import alone
from verdict import Outcome

# Enough to see a service that fails often, and few enough to be no load.
REQUESTS = 20
EXAMPLE = "model/serving_input_example.json"


class Place(Protocol):
    """Where a version runs."""

    def version(self) -> str:
        """Return the version in service; empty when there is none."""

    def deploy(self, number: str) -> list[str]:
        """Put a version into service; return what to say."""

    def back(self, number: str) -> tuple[str, list[str]]:
        """Bring back what ran before; return the version that runs now, and what to say."""

    def ready(self) -> str:
        """Return why the service is not ready; empty when it is."""

    def ask(self, body: bytes, count: int) -> tuple[int, str]:
        """Send requests; return how many failed, and what to say of them."""


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
    release.passed(store, number)
    place, hooks = _place(store.config), store.config.get("hooks", {})
    with alone("deployment", "waiting for another deployment of this clone"):
        if before := hooks.get("before_deploy"):
            shell(before)
        lines = place.deploy(number)
        if after := hooks.get("after_deploy"):
            shell(after)
    return Outcome("done", {"version": int(number)}, lines)


def verify(store: Registry) -> Outcome:
    """Say whether a version is in service and answers, within the errors that the spec allows."""
    number = release.asked()
    place, allowed = _place(store.config), release.delivery(store.config).get("error_rate", 0.0)
    if (found := place.version()) != number:
        return _refused(number, f"version {found} is in service" if found else "no version is in service")
    if complaint := place.ready():
        return _refused(number, complaint)
    with store.artifact(store.version(number), EXAMPLE) as example:
        body = example.read_bytes() if example else b""
    if not body:
        lines = ["it answers; the model has no input example, so that no request was tried"]
        return Outcome("done", {"version": int(number)}, lines)
    failed, told = place.ask(body, REQUESTS)
    line = f"{failed} of {REQUESTS} requests failed, {allowed:g} of all are allowed"
    figures = {"version": int(number), "requests": REQUESTS, "failed": failed}
    good = failed <= allowed * REQUESTS
    return Outcome("done" if good else "refused", figures, [line, *([told] if told else [])])


def back() -> Outcome:
    """Bring back what ran before; without VERSION, before what runs now."""
    place = _place(settings())
    number = release.asked() if os.environ.get("VERSION") else ""
    with alone("deployment", "waiting for another deployment of this clone"):
        now, lines = place.back(number)
    return Outcome("rolled back", {"version": int(now)} if now else {}, lines)


def _refused(number: str, why: str) -> Outcome:
    return Outcome("refused", {"version": int(number)}, [f"version {number} does not serve: {why}"])


def _place(config: dict[str, Any]) -> Place:
    images, there = release.images(config), release.delivery(config)
    if cluster := there.get("cluster"):
        return Cluster(images, cluster, config["manifests"])
    return Host(images, there.get("predictions", ""))


if __name__ == "__main__":
    sys.exit(main())
