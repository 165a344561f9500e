"""What is asked of the simulation: ERRORS=2%, TRAFFIC=20/s and the like, where not given as the spec says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import simulated_units


@dataclass(frozen=True)
class Given:
    """A service and its new version.

    `errors` and `stable_errors` are shares of requests that fail; `latency` is the new version's 95th
    percentile in seconds, `startup` how long its pods take to be ready, `traffic` requests per second.
    """

    errors: float
    stable_errors: float
    latency: float
    startup: float
    traffic: float
    replicas: int
    runs: int
    seed: int


def given(variables: Mapping[str, str], rollout: Mapping[str, Any], simulation: Mapping[str, Any]) -> Given:
    """Return what the variables say; raise ValueError, naming the variable, where one cannot be meant."""
    limits: Mapping[str, float] = rollout["limits"]
    allowed = limits.get("error_rate", 0.01)
    slowest = min((limit for name, limit in limits.items() if name != "error_rate"), default=0.4)
    traffic = _read(variables, "TRAFFIC", simulated_units.rate, simulation.get("traffic") or 0.0)
    if not traffic:
        raise ValueError(
            "TRAFFIC is not known: give it, as TRAFFIC=20/s, or write `serving: {traffic: 20/s}`"
        )
    return Given(
        errors=_read(variables, "ERRORS", simulated_units.share, min(1.0, 2 * allowed)),
        stable_errors=_read(variables, "STABLE_ERRORS", simulated_units.share, allowed / 10),
        latency=_read(variables, "LATENCY", simulated_units.seconds, slowest / 2),
        startup=_read(variables, "STARTUP", simulated_units.seconds, 20.0),
        traffic=traffic,
        replicas=simulation["replicas"],
        runs=_read(variables, "RUNS", simulated_units.runs, 200),
        seed=_read(variables, "SEED", simulated_units.whole, 1),
    )


def _read(variables: Mapping[str, str], name: str, read: Callable[[str], Any], otherwise: Any) -> Any:
    text = variables.get(name, "").strip()
    if not text:
        return otherwise
    try:
        return read(text)
    except ValueError as fault:
        raise ValueError(f"{name}={text} is not {fault}") from None
