"""The AnalysisTemplates of a rollout: what ends a step well, what ends it badly, and what ends it at once.

verdict   at the end of a hold: good or bad, and without data bad
data      where missing data is waited for: stands before a verdict until there is enough, or a hold is over
shadow    the same two for the time in which traffic is mirrored
broken    in the background: fails only for what chance does not bring, so that looking often does no harm

No measurement is ever inconclusive: a condition holds or its opposite does, also for an empty or NaN result.
Limits of Argo mean "more than" (argo-rollouts, analysis/analysis.go, assessMetricFailureInconclusiveOrError).
"""

from collections.abc import Iterator
from typing import Any

from mlopsc.model import Rollout
from mlopsc.model.delivery import SETTLE_SECONDS
from mlopsc.targets.kubernetes.argo_conditions import either
from mlopsc.targets.kubernetes.figures import Asked, number

# Argo's own pause after a measurement that failed for want of Prometheus (DefaultErrorRetryInterval).
_RETRY_SECONDS = 10
# Prometheus may be away for a minute when the verdict is due.
_ERRORS_IN_A_ROW = 5
_TRACK = "{{args.track}}"
_ABOUT = {
    "verdict": "The verdict on a step, when its hold is over. Too few requests: the version goes back.",
    "data": "Waits until the last hold has enough requests for a verdict, at most for another hold.",
    "shadow": "The verdict on a version that got copies of all requests, and whose answers nobody saw.",
    "shadow-data": "Waits until there are enough copies of requests for a verdict.",
    "broken": "Looks all the time, and ends at once what no chance explains; it decides nothing else.",
}


def roles(role: str, rollout: Rollout) -> tuple[str, ...]:
    """Return what a step runs one after another for a verdict."""
    data = {"verdict": "data", "shadow": "shadow-data"}[role]
    return (data, role) if rollout.on_no_data == "wait" else (role,)


def templates(environment: str, model: str, rollout: Rollout) -> Iterator[dict[str, Any]]:
    """Yield the role of each template, what it is about, and its metrics."""
    if not rollout.limits:
        return
    scope = {"model": model, "environment": environment, "track": _TRACK}
    held = {"verdict": rollout.hold, "shadow": rollout.shadow}
    for role, seconds in held.items():
        if seconds:
            asked = Asked(scope, f"{seconds}s")
            *data, _ = roles(role, rollout)
            for each in data:
                yield _template(each, _waiting(asked, seconds, rollout))
            yield _template(role, *_verdicts(asked, 0 if data else SETTLE_SECONDS + seconds, rollout))
    asked = Asked(scope, f"{rollout.hold or rollout.shadow}s")
    yield _template("broken", *_broken(asked, rollout))


def _template(role: str, *metrics: dict[str, Any]) -> dict[str, Any]:
    return {"role": role, "about": _ABOUT[role], "metrics": metrics}


def _verdicts(asked: Asked, delay: int, rollout: Rollout) -> Iterator[dict[str, Any]]:
    for each in asked.figures(rollout):
        good, bad = either("<=", number(each.limit), empty="bad")
        yield {
            "name": each.name,
            "delay": f"{delay}s" if delay else "",
            "interval": f"{_RETRY_SECONDS}s",
            "count": 1,
            "good": good,
            "bad": bad,
            "failures": 0,
            "errors": _ERRORS_IN_A_ROW,
            "successes": 0,
            "query": asked.share(each, rollout.min_requests),
        }


def _waiting(asked: Asked, seconds: int, rollout: Rollout) -> dict[str, Any]:
    good, bad = either(">=", str(rollout.min_requests), empty="bad")
    looks = seconds // _RETRY_SECONDS
    return {
        "name": "requests",
        "delay": f"{SETTLE_SECONDS + seconds}s",
        "interval": f"{_RETRY_SECONDS}s",
        "count": 0,
        "good": good,
        "bad": bad,
        "failures": looks,
        "errors": looks,
        "successes": 1,
        "query": asked.requests(),
    }


def _broken(asked: Asked, rollout: Rollout) -> Iterator[dict[str, Any]]:
    for each in asked.figures(rollout):
        good, bad = either("<=", "0", empty="good")
        yield {
            "name": each.name,
            "delay": f"{SETTLE_SECONDS}s",
            "interval": f"{rollout.check_seconds}s",
            "count": 0,
            "good": good,
            "bad": bad,
            "failures": 0,
            # Whether missing data ends a rollout is for the verdicts to say.
            "errors": rollout.deadline // _RETRY_SECONDS + 1,
            "successes": 0,
            "query": asked.excess(each, rollout.min_requests),
        }
