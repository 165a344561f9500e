"""Histograms that tests make up: requests whose quantile is known."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mlopsc.targets.monitoring.figure import QUANTILES, SECONDS
from mlopsc.targets.monitoring.made_up import MANY, Series, steady
from mlopsc.targets.monitoring.promql import Scope, matcher, series


@dataclass(frozen=True, slots=True)
class Latency:
    """Requests of which a known share lies within each bucket of the service's histogram."""

    scope: Scope
    buckets: Sequence[float]
    minutes: int

    def between(self, low: float, high: float, within_low: float) -> Series:
        """Return requests, a share of them within `low`, the rest above that and within `high`."""
        counts = {b: 0.0 if b < low else within_low if b < high else 1.0 for b in self.buckets}
        every = {str(bound): count for bound, count in counts.items()} | {"+Inf": 1.0}
        name = f"{SECONDS}_bucket"
        return {
            series(name, self.scope, 'version="7"', matcher("le", bound)): steady(
                round(share * MANY), self.minutes
            )
            for bound, share in every.items()
        }

    def at(self, metric: str, bound: float) -> Series:
        """Return requests whose quantile is exactly a bucket's bound."""
        return self.between(bound, math.inf, QUANTILES[metric])

    def beyond(self, metric: str, bound: float, direction: str) -> tuple[Series, float]:
        """Return requests whose quantile lies in the bucket next to a bound, and the quantile in seconds."""
        share = QUANTILES[metric]
        if direction == "below":
            low = max((b for b in self.buckets if b < bound), default=0.0)
            return self.between(0.0, bound, 0.0), low + (bound - low) * share
        high = min(b for b in self.buckets if b > bound)
        # So many below the bound that the quantile is the middle of the next bucket.
        return self.between(bound, high, 2 * share - 1), (bound + high) / 2
