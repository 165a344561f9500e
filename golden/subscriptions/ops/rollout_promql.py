"""What Prometheus is asked of the canary's requests: all, those that failed, those that took too long."""

from __future__ import annotations

import json
from collections.abc import Mapping


def selector(labels: Mapping[str, str]) -> str:
    """Return labels as PromQL matches them, each value quoted as Go quotes text."""
    return ",".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in labels.items())


def requests(labels: Mapping[str, str], seconds: int) -> str:
    """Return the query of all requests of a window."""
    return f"sum(increase(model_requests_total{{{selector(labels)}}}[{seconds}s]))"


def errors(labels: Mapping[str, str], seconds: int) -> str:
    """Return the query of the requests that failed: an input that is refused is one of them."""
    return f'sum(increase(model_requests_total{{{selector(labels)},code=~"5..|422"}}[{seconds}s]))'


def slow(labels: Mapping[str, str], seconds: int, limit: float) -> str:
    """Return the query of the requests that took longer than a limit, which is a bucket's bound.

    A bound of whole seconds is written as 1.0, as the service and Prometheus do.
    """
    name, chosen = "model_request_duration_seconds", selector(labels)
    return (
        f"sum(increase({name}_count{{{chosen}}}[{seconds}s])) - "
        f'sum(increase({name}_bucket{{{chosen},le="{float(limit)!r}"}}[{seconds}s]))'
    )
