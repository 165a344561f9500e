"""Which recording rules the alerts of an environment need."""

from collections.abc import Iterator

from mlopsc.targets.monitoring.budget import budgets
from mlopsc.targets.monitoring.burning import burning
from mlopsc.targets.monitoring.recordings import recordings
from mlopsc.targets.monitoring.rule import Recording
from mlopsc.targets.monitoring.watched import Watched


def wanted(watched: Watched) -> Iterator[Recording]:
    """Yield the recording rules of a service; nothing without one."""
    service = watched.environment.service
    if service is None:
        return
    pairs = list(burning(watched))
    windows = [w for budget, burn in pairs if budget.bound is None for w in (burn.short, burn.long)]
    slow = [
        (budget.metric, budget.bound, window)
        for budget in budgets(service.slo)
        if budget.bound is not None
        for window in dict.fromkeys(
            w for pair, burn in pairs if pair == budget for w in (burn.short, burn.long)
        )
    ]
    yield from recordings(watched.scope, windows, slow)
