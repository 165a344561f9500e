"""Prometheus: how many requests the canary has answered, how many of them wrong, how many too late.

Only what the canary's own pods have counted is asked for, by the label `track` or their version.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from rollout_api import SECONDS, Http
from rollout_promql import errors, requests, slow
from rollout_verdict import Figures

WAITS = (1.0, 2.0)
# Timeout, too many requests: it may answer the next time.
LATER = (408, 429)


class Prometheus:
    """The figures of the canary in one Prometheus."""

    def __init__(
        self, config: Mapping[str, Any], http: Http, pause: Callable[[float], None], version: str = ""
    ) -> None:
        """Take the configuration, what sends, what waits while the Lease is kept, and the version."""
        self.url, self.http, self.pause = config["prometheus"].rstrip("/"), http, pause
        self.limits: Mapping[str, float] = config["limits"]
        where = {"environment": config["environment"]} if config["environment"] else {}
        # KServe tells its pods by no label that both of its modes let them know.
        own = {"version": version} if config["provider"] == "kserve" else {"track": "canary"}
        self.labels = {"model": config["model"], **where, **own}

    def figures(self, seconds: float, limits: Mapping[str, float] | None = None) -> Figures:
        """Return the counts of the last seconds, for other limits where they are given.

        What is not answered is unknown.
        """
        window = max(1, math.ceil(seconds))
        total = self.value(requests(self.labels, window))
        over: dict[str, float | None] = {}
        for name, limit in (self.limits if limits is None else limits).items():
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
        url = f"{self.url}/api/v1/query?{urlencode({'query': query})}"
        for wait in (*WAITS, 0.0):
            try:
                status, body = self.http("GET", url, None, {}, SECONDS)
                if status == 200:
                    return _number(json.loads(body), empty)
                if status < 500 and status not in LATER:
                    return None
            except (OSError, ValueError):
                # No answer, or half of one: the next may be whole.
                pass
            self.pause(wait)
        return None


def _number(found: Any, empty: float | None) -> float | None:
    try:
        if found["status"] != "success":
            return None
        if not found["data"]["result"]:
            return empty
        value = float(found["data"]["result"][0]["value"][1])
    except (ValueError, KeyError, IndexError, TypeError):
        return None
    return max(0.0, value) if math.isfinite(value) else None
