"""Series at a level and beyond it, by the kind of figure."""

from collections.abc import Callable

from mlopsc.targets.monitoring import made_up
from mlopsc.targets.monitoring.figure import Figure
from mlopsc.targets.monitoring.latencies import Latency
from mlopsc.targets.monitoring.made_up import MANY, Series, requests
from mlopsc.targets.monitoring.promql import matcher, series
from mlopsc.targets.monitoring.watched import Watched

# The series at exactly a level; the series beyond it, with the figure that the alert then shows.
At = Callable[[float], Series]
Beyond = Callable[[float, str], tuple[Series, float]]


def made(metric: str, about: Figure, watched: Watched, end: int) -> tuple[At, Beyond]:
    """Return the makers of series for a kind of figure."""
    scope, latency = watched.scope, Latency(watched.scope, buckets(watched), end)

    def gauge(value: float) -> Series:
        of_model = (matcher("metric", metric),) if about.metrics == ("model_metric",) else ()
        found = {series(about.metrics[0], scope, *of_model): made_up.level(value, end)}
        # One column may be worse than all of them together, and better.
        column = {series(about.metrics[0], scope, 'column="age"'): f"Inf+0x{end}"}
        return found | (column if metric == "drift_score" else {})

    def aged(value: float) -> Series:
        return {series(about.metrics[0], scope): made_up.frozen(value, end)}

    def failed(share: float, code: str = "500") -> Series:
        bad = round(share * MANY)
        counts = {"200": made_up.steady(MANY - bad, end), code: made_up.steady(bad, end)}
        return requests(scope, counts)

    def rate(value: float) -> Series:
        return requests(scope, {"200": made_up.bursts(value * 300, end)})

    kinds: dict[str, tuple[At, Beyond]] = {
        "gauge": (gauge, lambda limit, way: (gauge(_past(limit, way)), _past(limit, way))),
        "age": (aged, lambda limit, way: (aged(_later(limit, way)), _later(limit, way))),
        "share": (failed, lambda limit, way: (failed(_share(limit, way), "422"), _share(limit, way))),
        "rate": (rate, lambda limit, way: (rate(_past(limit, way)), _past(limit, way))),
        "quantile": (
            lambda limit: latency.at(metric, limit),
            lambda limit, way: latency.beyond(metric, limit, way),
        ),
    }
    return kinds[about.kind]


def buckets(watched: Watched) -> tuple[float, ...]:
    """Return the bounds of the service's histogram in seconds."""
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
