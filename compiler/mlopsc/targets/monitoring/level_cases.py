"""Tests of an alert on a level: silent at exactly the level, loud beyond it, silent without data."""

import math
from collections.abc import Callable, Iterator, Mapping

from mlopsc.targets.monitoring import made_up
from mlopsc.targets.monitoring.figures import Figure
from mlopsc.targets.monitoring.human import printed
from mlopsc.targets.monitoring.made_up import MANY, Latency, Series, requests
from mlopsc.targets.monitoring.promql import matcher, series
from mlopsc.targets.monitoring.rule import Case
from mlopsc.targets.monitoring.watched import Watched

# The series at exactly a level; the series beyond it, with the figure that the alert then shows.
At = Callable[[float], Series]
Beyond = Callable[[float, str], tuple[Series, float]]


def cases(
    metric: str, about: Figure, limits: Mapping[str, float], hold: float, watched: Watched
) -> Iterator[Case]:
    """Yield the tests of an alert that must hold for so many seconds."""
    after = math.ceil(hold / 60)
    # A rate needs two samples.
    first = 1 if about.kind in ("share", "quantile", "rate") else 0
    end = first + after + 5
    at, beyond = _kinds(metric, about, watched, end)
    for way, limit in limits.items():
        yield Case("silent at exactly the threshold", at(limit), silent=(first + after, end))
        found, value = beyond(limit, way)
        early = (first + after - 1,) if after + first else ()
        told = printed(value, about.unit)
        yield Case(f"fires {way} the threshold", found, early, {first + after: told, end: told})
    if "above" in limits and metric == "drift_score":
        broken = dict.fromkeys(at(1), f"Inf+0x{end}")
        yield Case("fires for a broken column", broken, fires={after: "+Inf"})
    yield Case("silent without data", {}, silent=(first + after, end))
    yield from _undefined(about, watched, at, end)


def _undefined(about: Figure, watched: Watched, at: At, end: int) -> Iterator[Case]:
    """Yield what is no number, or would be one divided by nothing."""
    if about.kind in ("gauge", "age"):
        yield Case("silent for NaN", dict.fromkeys(at(1), f"NaN+0x{end}"), silent=(end,))
    if about.kind == "share":
        yield Case(
            "silent without requests", requests(watched.scope, {"200": "0+0x9", "500": "0+0x9"}), (end,)
        )
        other = {"200": made_up.steady(1, end), "400": made_up.steady(MANY, end)}
        yield Case("silent for other faults of callers", requests(watched.scope, other), (end,))
    if about.kind == "quantile":
        idle = dict.fromkeys(
            Latency(watched.scope, _buckets(watched), end).at("latency_p50", 0), f"5+0x{end}"
        )
        yield Case("silent without requests", idle, (end,))


def _kinds(metric: str, about: Figure, watched: Watched, end: int) -> tuple[At, Beyond]:
    """Return the makers of series for a kind of figure."""
    scope, latency = watched.scope, Latency(watched.scope, _buckets(watched), end)

    def gauge(value: float) -> Series:
        of_model = (matcher("metric", metric),) if about.metrics == ("model_metric",) else ()
        return {series(about.metrics[0], scope, *of_model): made_up.level(value, end)}

    def aged(value: float) -> Series:
        return {series(about.metrics[0], scope): made_up.frozen(value, end)}

    def failed(share: float, code: str = "500") -> Series:
        bad = round(share * MANY)
        counts = {"200": made_up.steady(MANY - bad, end), code: made_up.steady(bad, end)}
        return requests(scope, counts)

    def rate(value: float) -> Series:
        return requests(scope, {"200": made_up.steady(value * 60, end)})

    made: dict[str, tuple[At, Beyond]] = {
        "gauge": (gauge, lambda limit, way: (gauge(_past(limit, way)), _past(limit, way))),
        "age": (aged, lambda limit, way: (aged(_later(limit, way)), _later(limit, way))),
        "share": (failed, lambda limit, way: (failed(_share(limit, way), "422"), _share(limit, way))),
        "rate": (rate, lambda limit, way: (rate(_past(limit, way)), _past(limit, way))),
        "quantile": (
            lambda limit: latency.at(metric, limit),
            lambda limit, way: latency.beyond(metric, limit, way),
        ),
    }
    return made[about.kind]


def _buckets(watched: Watched) -> tuple[float, ...]:
    serving = watched.model.serving
    return serving.buckets if serving else ()


def _past(limit: float, way: str) -> float:
    """Return a level a tenth beyond another."""
    step = abs(limit) / 10 or 0.1
    return round(limit + step if way == "above" else limit - step, 9)


def _later(limit: float, way: str) -> float:
    """Return an age a minute beyond another, in whole seconds."""
    return limit + 60 if way == "above" else max(0.0, limit - 60)


def _share(limit: float, way: str) -> float:
    """Return a share that is further in a direction, in parts of a million, and no more than all."""
    return round(min(_past(limit, way), (limit + 1) / 2), 6)
