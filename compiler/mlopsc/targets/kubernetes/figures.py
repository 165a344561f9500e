"""What a canary is judged by: PromQL over its own requests, counted in whole seconds.

Each figure is a share: of requests that failed, of requests slower than a limit. A quotient is empty, and so
no verdict, while fewer than a least number of requests came; it is never NaN.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlopsc.model import Rollout

# For a caller both are a prediction that did not come; a version with wrong inputs shows as 422 alone.
_ERRORS = "5..|422"
_QUANTILES = {"latency_p50": 50, "latency_p95": 95, "latency_p99": 99}


@dataclass(frozen=True, slots=True)
class Figure:
    """One share: its name, how many requests count as bad in PromQL, and the largest share that is good."""

    name: str
    bad: str
    limit: float


@dataclass(frozen=True, slots=True)
class Asked:
    """The requests of one version: labels that its series have, and the window as text."""

    labels: Mapping[str, str]
    window: str

    def requests(self) -> str:
        """Return how many there were."""
        return self._grown("model_requests_total")

    def figures(self, rollout: Rollout) -> Iterator[Figure]:
        """Yield what a rollout limits; a latency is compared with the bucket that ends at its limit."""
        for name, limit in rollout.limits.items():
            if name in _QUANTILES:
                within = self._grown("model_request_duration_seconds_bucket", f'le="{float(limit)}"')
                slow = f"({self._grown('model_request_duration_seconds_count')} - {within})"
                allowed = round(1 - _QUANTILES[name] / 100, 2)
                yield Figure(f"slow-p{_QUANTILES[name]}", slow, allowed)
            else:
                failed = self._grown("model_requests_total", f'code=~"{_ERRORS}"')
                # Prometheus has no series of a code that never came, where an exporter did not make it at 0.
                yield Figure("errors", f"({failed} or vector(0))", limit)

    def share(self, figure: Figure, least: int) -> str:
        """Return a figure as a share of the requests: empty for fewer than `least`."""
        return f"{figure.bad} / ({self.requests()} >= {least})"

    def excess(self, figure: Figure, least: int) -> str:
        """Return how many more are bad than chance brings to a version that is just good.

        Of `a` that may be bad, a + 4 sqrt(a) + 4 are not reached by chance however often one looks: four
        standard deviations of a Poisson number, and 4 for small ones.
        """
        allowed = f"{number(figure.limit)} * clamp_min({self.requests()}, {least})"
        return f"{figure.bad} - {allowed} - 4 * sqrt({allowed}) - 4"

    def _grown(self, metric: str, *more: str) -> str:
        matchers = [f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in self.labels.items()]
        return f"sum(increase({metric}{{{', '.join([*matchers, *more])}}}[{self.window}]))"


def number(share: float) -> str:
    """Return a number as PromQL and the conditions of Argo write it."""
    return f"{share:.12g}"


def percent(share: float) -> int:
    """Return a share as the whole weight that a proxy takes."""
    return round(share * 100)
