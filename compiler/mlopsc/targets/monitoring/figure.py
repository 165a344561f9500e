"""What a figure is that an alert may watch, and how its expression is composed."""

from collections.abc import Callable
from dataclasses import dataclass

from mlopsc.targets.monitoring.promql import Scope, age, rounded, series, worst

REQUESTS, SECONDS = "model_requests_total", "model_request_duration_seconds"
QUANTILES = {"latency_p50": 0.5, "latency_p95": 0.95, "latency_p99": 0.99}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: `ask` gives its expression for a direction, `kind` says how tests make one up.

    `batch` says that scheduled jobs export it, `metrics` are the exported ones that it is made of.
    """

    words: str
    unit: str
    kind: str
    ask: Callable[[Scope, str], str]
    metrics: tuple[str, ...]
    batch: bool
    look: str
    action: str


def recorded(name: str, unit: str) -> Callable[[Scope, str], str]:
    """Ask for what a recording rule has computed; a share and a latency are rounded there."""
    return lambda scope, _: rounded(series(name, scope), unit) if unit == "number" else series(name, scope)


def gauge(name: str, *more: str) -> Callable[[Scope, str], str]:
    """Ask for a gauge; `more` are matchers."""
    return lambda scope, way: worst(series(name, scope, *more), way)


def aged(name: str) -> Callable[[Scope, str], str]:
    """Ask how long ago a time is."""
    return lambda scope, _: age(series(name, scope))
