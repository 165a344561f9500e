"""Alerts that the spec writes: a figure above or below a level for some time."""

import re
from collections import Counter
from collections.abc import Iterator

from mlopsc.model import Alert
from mlopsc.targets.monitoring.figures import figure
from mlopsc.targets.monitoring.human import SHOWN, duration, level
from mlopsc.targets.monitoring.level_cases import cases
from mlopsc.targets.monitoring.promql import number
from mlopsc.targets.monitoring.rule import Alerting
from mlopsc.targets.monitoring.watched import Watched

_SIGNS = {"above": ">", "below": "<"}


def levels(watched: Watched) -> Iterator[Alerting]:
    """Yield the alerts of `monitoring.alerts`; those on batch figures only where the jobs run."""
    alerts = [alert for alert in watched.monitoring.alerts if _is_known(alert, watched)]
    names = _names(alerts)
    for alert in alerts:
        yield _alerting(alert, names[alert.place], watched)


def bounds(alert: Alert) -> dict[str, float]:
    """Return the levels of an alert by direction."""
    given = {"above": alert.above, "below": alert.below}
    return {direction: value for direction, value in given.items() if value is not None}


def _is_known(alert: Alert, watched: Watched) -> bool:
    return watched.batch or not figure(alert.metric).batch


def _alerting(alert: Alert, name: str, watched: Watched) -> Alerting:
    about, limits = figure(alert.metric), bounds(alert)
    conditions = [
        f"{about.ask(watched.scope, way)} {_SIGNS[way]} {number(value)}" for way, value in limits.items()
    ]
    wrong = " or ".join(f"{way} {level(value, about.unit)}" for way, value in limits.items())
    held = f" for {duration(alert.for_seconds)}" if alert.for_seconds else ""
    return Alerting(
        name=name,
        expression=" or ".join(conditions),
        metric=alert.metric,
        severity=alert.severity,
        hold=alert.for_seconds,
        summary=f"{watched.called}: {about.words} {{}}, {wrong}",
        shown=SHOWN[about.unit],
        meaning=f"The {about.words} is {wrong}{held}.",
        look=about.look,
        action=about.action,
        metrics=about.metrics,
        cases=tuple(cases(alert.metric, about, limits, alert.for_seconds, watched)),
        rollback=alert.rollback,
    )


def _names(alerts: list[Alert]) -> dict[int, str]:
    """Return a name for each alert: what is wrong, and where two say the same, also who is woken."""
    names = {alert.place: _name(alert) for alert in alerts}
    for more in (lambda alert: alert.severity.capitalize(), lambda alert: str(alert.place + 1)):
        taken = Counter(names.values())
        for alert in alerts:
            if taken[names[alert.place]] > 1:
                names[alert.place] += more(alert)
    return names


def _name(alert: Alert) -> str:
    words = "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", alert.metric))
    limits = bounds(alert)
    return words + ("Outside" if len(limits) > 1 else "High" if "above" in limits else "Low")
