"""Rollouts on a virtual clock: the controller itself is led through its course in a modelled cluster."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import rollout
import rollout_lease
from simulated_cluster import API, PROMETHEUS, START, Cluster
from simulated_given import Given
from simulated_played import Look, Played

# Nobody else wants the Lease here: it need not be renewed every few seconds of a long hold.
rollout.CHUNK = rollout_lease.RENEW = 1e9
CODES = {0: "promoted", 3: "rolled back"}


def simulated(settings: Mapping[str, Any], model: str) -> dict[str, Any]:
    """Return the controller's configuration for the modelled cluster, up to an A/B test and no further.

    What the test says is nothing that a model of requests knows: what reaches it has come through.
    """
    names = {"lease": f"{model}-rollout", "stable": f"{model}-stable", "canary": f"{model}-canary"}
    place = {"model": model, "namespace": "simulated", "route": model, "kubernetes": API}
    course = {name: value for name, value in settings.items() if name != "ab_test"}
    return {**course, **place, **names, "prometheus": PROMETHEUS}


def play(config: Mapping[str, Any], given: Given, number: int) -> Played:
    """Let the controller lead one rollout; the same number has the same chances."""
    import numpy as np

    cluster = Cluster(config, given, np.random.default_rng([given.seed, number]))
    lines: list[str] = []
    code = rollout.run(config, cluster.clock, cluster.sleep, cluster.http, "simulated", lines.append)
    if code not in CODES:
        raise ValueError(f"the controller ended with an error: {lines[-1]}")
    told, phases = [json.loads(line) for line in lines], cluster.phases
    begin = min((phases[name] for name in ("shadow", "step") if name in phases), default=START)
    end = min(phases[name] for name in ("promoting", "reverting") if name in phases)
    state = told[-1]["report"]
    return Played(
        verdict=CODES[code],
        reason=why(state["reason"]) if code else "",
        seconds=end - begin,
        answered=cluster.service.answered,
        failed=cluster.service.failed,
        shares=[(at - begin, share) for at, share in cluster.shares],
        looks=list(_looks(told, begin)),
    )


def why(reason: str) -> str:
    """Return the kind of a reason: the controller's words without their figures."""
    kinds = {
        "failed": "too many errors",
        "took longer": "too slow",
        "needed": "too few requests",
        "tells nothing": "too few requests",
        "deadline": "out of time",
    }
    return next((kind for word, kind in kinds.items() if re.search(word, reason)), reason)


def _looks(told: list[dict[str, Any]], begin: float) -> Iterator[Look]:
    """Yield what the controller has said of the canary's requests, in order."""
    for line in told:
        figures = line.get("figures") or {}
        if figures.get("requests"):
            at = datetime.strptime(line["at"], "%Y-%m-%dT%H:%M:%S%z").timestamp() - begin
            yield Look(
                at, line["share"], figures["requests"], figures.get("error_rate") or 0.0, line["verdict"]
            )
