"""What is asked of the simulation: ERRORS=2%, TRAFFIC=20/s and the like, where not given as the spec says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
NUMBER = r"(\d+(?:\.\d+)?)"
MOST_RUNS = 10_000


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
    traffic = _read(variables, "TRAFFIC", _rate, simulation.get("traffic") or 0.0)
    if not traffic:
        raise ValueError(
            "TRAFFIC is not known: give it, as TRAFFIC=20/s, or write `serving: {traffic: 20/s}`"
        )
    return Given(
        errors=_read(variables, "ERRORS", _share, min(1.0, 2 * allowed)),
        stable_errors=_read(variables, "STABLE_ERRORS", _share, allowed / 10),
        latency=_read(variables, "LATENCY", _seconds, slowest / 2),
        startup=_read(variables, "STARTUP", _seconds, 20.0),
        traffic=traffic,
        replicas=simulation["replicas"],
        runs=_read(variables, "RUNS", _runs, 200),
        seed=_read(variables, "SEED", _whole, 1),
    )


def _read(variables: Mapping[str, str], name: str, read: Callable[[str], Any], otherwise: Any) -> Any:
    text = variables.get(name, "").strip()
    if not text:
        return otherwise
    try:
        return read(text)
    except ValueError as fault:
        raise ValueError(f"{name}={text} is not {fault}") from None


def _share(text: str) -> float:
    words = "a share: write it as 2%, or as 0.02"
    if found := re.fullmatch(rf"{NUMBER}%", text):
        value = float(found[1]) / 100
    elif re.fullmatch(NUMBER, text) and ("." in text or text == "0"):
        value = float(text)
    else:
        raise ValueError(words)
    if value > 1:
        raise ValueError("a share: there are no more than 100%")
    return value


def _rate(text: str) -> float:
    found = re.fullmatch(rf"{NUMBER}/([smh])", text)
    if not found or not float(found[1]):
        raise ValueError("a rate: write it as 20/s, 5/m or 100/h")
    return float(found[1]) / SECONDS[found[2]]


def _seconds(text: str) -> float:
    found = re.fullmatch(rf"{NUMBER}(ms|s|m)", text)
    if not found or not float(found[1]):
        raise ValueError("a time: write it as 150ms or 2s")
    return float(found[1]) * SECONDS[found[2]]


def _runs(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text) or not 1 <= int(text) <= MOST_RUNS:
        raise ValueError(f"a number of runs from 1 to {MOST_RUNS:,}")
    return int(text)


def _whole(text: str) -> int:
    if not re.fullmatch(r"\d{1,18}", text):
        raise ValueError("a whole number")
    return int(text)
