"""Error budgets: what a promise of `serving.slo` allows, and how fast it may burn.

Google's SRE workbook, "Alerting on SLOs", 6: a budget for 30 days that burns 14.4 times as fast as it may
has lost 2 % after an hour; 6 times, 5 % after six hours; once, 10 % after three days. The short window
makes an alert end soon after its cause.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlopsc.targets.monitoring.figure import QUANTILES


@dataclass(frozen=True, slots=True)
class Burn:
    """How fast a budget burns, over which two windows, and who is woken; `hold` in seconds."""

    factor: float
    long: str
    short: str
    hours: int
    severity: str
    hold: float


BURNS = (
    Burn(14.4, "1h", "5m", 1, "page", 120),
    Burn(6, "6h", "30m", 6, "page", 300),
    Burn(1, "3d", "6h", 72, "warning", 900),
)
# So many failures at least stand behind an alert: one error of three requests at night wakes nobody.
# With five allowed at the threshold, a service that is just at its budget pages by chance at two looks in a
# million (Poisson with a mean of 5/14.4: more than 5).
FAILURES = 5


@dataclass(frozen=True, slots=True)
class Budget:
    """What a promise allows: a share of bad requests; `bound` is a latency in seconds, or none."""

    metric: str
    share: float
    bound: float | None

    def bad(self, window: str) -> str:
        """Return the recording of the share of bad requests."""
        kind = f"slow_{self.metric[-3:]}" if self.bound is not None else "errors"
        return f"model:{kind}:ratio_rate{window}"

    def counted(self, window: str) -> str:
        """Return the recording of all requests that are judged."""
        return f"model:{'timed' if self.bound is not None else 'requests'}:rate{window}"

    def threshold(self, burn: Burn) -> float:
        """Return the share of bad requests above which an alert fires."""
        return round(self.share * burn.factor, 10)

    def least(self, burn: Burn) -> int:
        """Return how many requests it takes before anything can be said."""
        return math.ceil(round(FAILURES / self.threshold(burn), 6))


def budgets(slo: Mapping[str, float]) -> Iterator[Budget]:
    """Yield what each promise allows: of a p95 latency, 5 % of the requests may be slower."""
    for metric, promised in slo.items():
        if metric in QUANTILES:
            yield Budget(metric, round(1 - QUANTILES[metric], 6), promised)
        else:
            yield Budget(metric, promised, None)
