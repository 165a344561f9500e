"""The alert on a service that runs, and that nobody asks though traffic is promised."""

import math

from mlopsc.targets.monitoring.figure import REQUESTS
from mlopsc.targets.monitoring.human import SHOWN, duration, printed
from mlopsc.targets.monitoring.made_up import requests
from mlopsc.targets.monitoring.promql import grown, series
from mlopsc.targets.monitoring.rule import Alerting, Case
from mlopsc.targets.monitoring.watched import Watched

# A service that is promised this many requests has some of them, but once in e^20.
_CERTAIN = 20
_SHORTEST = 900


def idle(watched: Watched, promised: float) -> Alerting:
    """Return the alert; `promised` is requests per second."""
    window = duration(60 * math.ceil(max(_SHORTEST, _CERTAIN / promised) / 60))
    hold, scope = 300, watched.scope
    cases = (
        Case("fires without requests", requests(scope, {"200": "7+0x9"}), (5,), {6: printed(0, "number")}),
        Case("silent with requests", requests(scope, {"200": "7+1x9"}), (6, 9)),
        Case("silent without data", {}, (9,)),
    )
    return Alerting(
        name="NoRequests",
        expression=f"{grown(series(REQUESTS, scope), window)} == 0",
        metric="request_rate",
        severity="warning",
        hold=hold,
        summary=f"{watched.called}: {{}} requests in {window}, {promised:g} per second are expected",
        shown=SHOWN["number"],
        meaning=f"The service runs, and in {window} nobody has asked it; the spec expects traffic.",
        look="What stands before the service (proxy, DNS, the callers): do requests arrive anywhere?",
        action="Try a request yourself, from where the callers are; then ask the callers.",
        metrics=(REQUESTS,),
        cases=cases,
    )
