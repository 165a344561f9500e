"""Recording rules: the figures of the service, ready for alerts, dashboards and deliveries."""

from collections.abc import Iterable, Iterator

from mlopsc.targets.monitoring.figure import QUANTILES, REQUESTS, SECONDS
from mlopsc.targets.monitoring.promql import (
    ERRORS,
    Scope,
    bucket,
    matcher,
    part,
    per_second,
    quantile,
    rounded,
    series,
    spread,
)
from mlopsc.targets.monitoring.rule import Recording

_WINDOW = "5m"


def recordings(
    scope: Scope, windows: Iterable[str], slow: Iterable[tuple[str, float, str]]
) -> Iterator[Recording]:
    """Yield traffic, errors and latencies over five minutes, and what budgets need over longer windows.

    `windows` are those of the errors; `slow` are latencies, each with its bound in seconds and a window.
    """
    for window in dict.fromkeys((_WINDOW, *windows)):
        yield from _errors(scope, window)
    yield from _latencies(scope)
    slow = list(slow)
    for window in dict.fromkeys(window for _, _, window in slow):
        expression = per_second(series(f"{SECONDS}_count", scope), window)
        yield Recording(f"model:timed:rate{window}", expression, (SECONDS,), "Timed requests per second.")
    for name, bound, window in slow:
        yield from _slow(scope, name, bound, window)


def _latencies(scope: Scope) -> Iterator[Recording]:
    buckets = f"model:durations:rate{_WINDOW}"
    expression = spread(series(f"{SECONDS}_bucket", scope), _WINDOW)
    yield Recording(buckets, expression, (SECONDS,), "Requests per second, by the bucket of their duration.")
    for name, share in QUANTILES.items():
        expression = rounded(quantile(share, series(buckets, scope)), "seconds")
        help_ = f"The {name[-3:]} latency over {_WINDOW}, in seconds."
        yield Recording(f"model:{name}:{_WINDOW}", expression, (buckets,), help_)


def _errors(scope: Scope, window: str) -> Iterator[Recording]:
    requests, errors = f"model:requests:rate{window}", f"model:errors:rate{window}"
    failed = series(REQUESTS, scope, matcher("code", ERRORS, "=~"))
    yield Recording(
        requests, per_second(series(REQUESTS, scope), window), (REQUESTS,), "Requests per second."
    )
    yield Recording(
        errors, per_second(failed, window), (REQUESTS,), "Requests per second that failed: 5xx and 422."
    )
    ratio = rounded(part(series(errors, scope), requests), "share")
    help_ = f"The share of requests that failed, over {window}; nothing without requests."
    yield Recording(f"model:errors:ratio_rate{window}", ratio, (errors, requests), help_)


def _slow(scope: Scope, name: str, bound: float, window: str) -> Iterator[Recording]:
    at = name[-3:]
    quick, timed = f"model:quick_{at}:rate{window}", f"model:timed:rate{window}"
    within = series(f"{SECONDS}_bucket", scope, bucket(bound))
    help_ = f"Requests per second within the {at} latency that is promised."
    yield Recording(quick, per_second(within, window), (SECONDS,), help_)
    ratio = rounded(f"1 - {part(series(quick, scope), timed)}", "share")
    help_ = f"The share of requests above the {at} latency that is promised, over {window}."
    yield Recording(f"model:slow_{at}:ratio_rate{window}", ratio, (quick, timed), help_)
