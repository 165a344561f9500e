"""Alerts from `serving.slo`: is the error budget burning, over a long and a short window?"""

from collections.abc import Iterator

from mlopsc.targets.monitoring.budget import BURNS, Budget, Burn, budgets
from mlopsc.targets.monitoring.budget_cases import cases
from mlopsc.targets.monitoring.figures import figure
from mlopsc.targets.monitoring.human import SHOWN, level
from mlopsc.targets.monitoring.promql import both, number, series
from mlopsc.targets.monitoring.rule import Alerting
from mlopsc.targets.monitoring.watched import Watched


def burning(watched: Watched) -> Iterator[tuple[Budget, Burn]]:
    """Yield the pairs that can fire: no share is above 100 %."""
    service = watched.environment.service
    if service and watched.monitoring.slo:
        for budget in budgets(service.slo):
            yield from ((budget, burn) for burn in BURNS if budget.threshold(burn) < 1)


def impossible(watched: Watched) -> Iterator[str]:
    """Yield what is left out, and why."""
    service = watched.environment.service
    for budget in budgets(service.slo) if service and watched.monitoring.slo else ():
        for burn in BURNS:
            if budget.threshold(burn) >= 1:
                share = level(budget.share, "share")
                never = f"a budget of {share} cannot burn {burn.factor:g}-fold"
                yield f"{budget.metric}: {never}; no alert over {burn.long}."


def burns(watched: Watched) -> Iterator[Alerting]:
    """Yield the alerts."""
    for budget, burn in burning(watched):
        yield _alerting(budget, burn, watched)


def _alerting(budget: Budget, burn: Burn, watched: Watched) -> Alerting:
    about, threshold, least = figure(budget.metric), budget.threshold(burn), budget.least(burn)
    limit, scope = level(threshold, "share"), watched.scope
    bad = "failed" if budget.bound is None else f"took longer than {level(budget.bound, 'seconds')}"
    allowed = f"the budget is {level(budget.share, 'share')}"
    conditions = (
        f"{series(budget.bad(burn.long), scope)} > {number(threshold)}",
        # Matched by their labels, these are the same model's.
        f"{budget.bad(burn.short)} > {number(threshold)}",
        # What is computed may miss a whole number by a little.
        f"{budget.counted(burn.long)} * {burn.hours * 3600} > {number(least - 0.5)}",
    )
    words = "".join(word.capitalize() for word in budget.metric.split("_"))
    return Alerting(
        name=f"{words}Burn{burn.long}",
        expression=both(conditions),
        metric=budget.metric,
        severity=burn.severity,
        hold=burn.hold,
        summary=f"{watched.called}: {{}} of the requests in {burn.long} {bad}, above {limit}",
        shown=SHOWN["share"],
        meaning=f"More than {limit} of the requests of the last {burn.long} and {burn.short} {bad}; "
        f"{allowed}. Judged from {least} requests on.",
        look=about.look,
        action=about.action,
        metrics=(budget.bad(burn.long), budget.bad(burn.short), budget.counted(burn.long)),
        cases=tuple(cases(budget.bound, threshold, least, burn, watched)),
    )
