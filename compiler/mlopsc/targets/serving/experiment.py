"""What the service of a model has for an A/B test: programs, settings, metrics, and words to callers."""

from collections.abc import Iterator
from typing import Any

from mlopsc.model import Model
from mlopsc.model.experiment import HEADER
from mlopsc.symbols import Metric

PROGRAMS = ("arms", "assigned", "experiment", "forwarding")
_AT = ("ab_test",)
# Seconds that a stable pod waits for a canary's answer: so many times what is promised, within bounds. The
# time of a route is 30 s, and the stable pod may still have to answer itself.
_WAITS, _LEAST_WAIT, _LONGEST_WAIT = 10, 1.0, 10.0
# Seconds for which it answers itself when no canary does, before it asks again.
_BACK_OFF = 10


def settings(model: Model, key: str) -> dict[str, Any]:
    """Return what deals requests to arms, alike in all environments; `key` is the field of an id."""
    (found, *_) = model.experiments.values()
    services = [each.service for each in model.environments if each.name in model.experiments]
    promised = [value for each in services if each for name, value in each.slo.items() if "latency" in name]
    waits = min(_LONGEST_WAIT, max(_LEAST_WAIT, _WAITS * max(promised, default=_LONGEST_WAIT)))
    dealt = {"experiment": found.name, "share": found.share, "id": key}
    return {**dealt, "header": HEADER, "seconds": waits, "back_off_seconds": _BACK_OFF}


def metrics(labels: tuple[str, ...]) -> Iterator[Metric]:
    """Yield what the service counts of a test."""
    about = "answered requests for predictions, by the arm of their id; none for those without an id"
    yield Metric("model_ab_requests_total", about, (*labels, "arm"), "counter", at=_AT)
    about = "requests of the treatment that were sent on, and answered by stable because no canary did"
    yield Metric("model_ab_forward_failures_total", about, labels, "counter", at=_AT)
    about = "from sending a request on to the last byte of its answer"
    yield Metric("model_ab_forward_duration_seconds", about, labels, "histogram", at=_AT)


def words(test: dict[str, Any]) -> Iterator[str]:
    """Yield what a test asks of callers, and what it costs them."""
    yield (
        f"A/B test: a request says whom it is about by {test['id']} in its row, or by the header "
        "x-entity-id with the same id; while a test runs, each id is answered by one version. Without an id, "
        "or with rows about several, stable answers, no result counts it, and "
        'model_ab_requests_total{arm="none"} does.'
    )
    yield (
        f"The header {test['header']} is the service's own: callers leave it out, and what they write there "
        "changes no arm in the log."
    )
    yield (
        f"Stable pods send {100 * test['share']:.4g}% of the ids on to the canary: such a request takes "
        "one more way through the mesh (model_ab_forward_duration_seconds), and counts at the version that "
        f"answers. Without an answer within {test['seconds']:g} s stable answers itself "
        f"(model_ab_forward_failures_total), and for {test['back_off_seconds']} s more where there is no "
        "canary: ids that both versions answered are left out of the result."
    )
    yield "A stable version that was built before ab_test stood in the spec sends nothing on: deploy one."
