"""Prometheus: how many requests the canary has answered, how many of them wrong, how many too late.

Only what the canary's own pods have counted is asked for, by the label `track`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from rollout_api import SECONDS, Http
from rollout_verdict import Figures

WAITS = (1.0, 2.0)
# Timeout, too many requests: it may answer the next time.
LATER = (408, 429)


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


class Prometheus:
    """The figures of the canary in one Prometheus."""

    def __init__(self, config: Mapping[str, Any], http: Http, pause: Callable[[float], None]) -> None:
        """Take the configuration, what sends, and what waits while the Lease is kept."""
        self.url, self.http, self.pause = config["prometheus"].rstrip("/"), http, pause
        self.limits: Mapping[str, float] = config["limits"]
        where = {"environment": config["environment"]} if config["environment"] else {}
        self.labels = {"model": config["model"], **where, "track": config.get("track", "canary")}

    def figures(self, seconds: float) -> Figures:
        """Return the counts of the last seconds; what is not answered is unknown."""
        window = max(1, math.ceil(seconds))
        total = self.value(requests(self.labels, window))
        over: dict[str, float | None] = {}
        for name, limit in self.limits.items():
            if total is None:
                over[name] = None
            elif name == "error_rate":
                # The service brings a series for each code; where none is there, none has failed.
                over[name] = self.value(errors(self.labels, window), empty=0.0)
            else:
                over[name] = self.value(slow(self.labels, window, limit))
        return Figures(total, over)

    def value(self, query: str, empty: float | None = None) -> float | None:
        """Return the one number of a query; None where it is not known, or no number."""
        for wait in (*WAITS, None):
            try:
                status, body = self.http(
                    "GET", f"{self.url}/api/v1/query?{urlencode({'query': query})}", None, {}, SECONDS
                )
                if status < 500 and status not in LATER:
                    return _number(body, empty) if status == 200 else None
            except OSError:
                pass
            if wait is not None:
                self.pause(wait)
        return None


def _number(body: bytes, empty: float | None) -> float | None:
    try:
        found = json.loads(body)
        if found["status"] != "success":
            return None
        if not found["data"]["result"]:
            return empty
        value = float(found["data"]["result"][0]["value"][1])
    except (ValueError, KeyError, IndexError, TypeError):
        return None
    return max(0.0, value) if math.isfinite(value) else None
