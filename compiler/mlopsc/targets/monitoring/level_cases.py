"""Tests of an alert on a level: silent at exactly the level, loud beyond it, silent without data."""

import math
from collections.abc import Iterator, Mapping

from mlopsc.targets.monitoring import made_up
from mlopsc.targets.monitoring.around import At, buckets, made
from mlopsc.targets.monitoring.figure import Figure
from mlopsc.targets.monitoring.human import printed
from mlopsc.targets.monitoring.latencies import Latency
from mlopsc.targets.monitoring.made_up import MANY, requests
from mlopsc.targets.monitoring.rule import Case
from mlopsc.targets.monitoring.watched import Watched


def cases(
    metric: str, about: Figure, limits: Mapping[str, float], hold: float, watched: Watched
) -> Iterator[Case]:
    """Yield the tests of an alert that must hold for so many seconds."""
    after = math.ceil(hold / 60)
    # A rate needs two samples.
    first = 1 if about.kind in ("share", "quantile", "rate") else 0
    end = first + after + 5
    at, beyond = made(metric, about, watched, end)
    for way, limit in limits.items():
        yield Case("silent at exactly the threshold", at(limit), silent=(first + after, end))
        found, value = beyond(limit, way)
        early = (first + after - 1,) if after + first else ()
        told = printed(value, about.unit)
        yield Case(f"fires {way} the threshold", found, early, {first + after: told, end: told})
        if about.kind == "gauge":
            flapping = {name: made_up.alternating(value, limit, end) for name in found}
            lasts = {0: told, 1: told, end: told} if not hold else {}
            title = "fires once when it comes and goes" if lasts else "silent when it comes and goes"
            yield Case(title, flapping, () if lasts else (after, end), lasts)
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
        idle = dict.fromkeys(Latency(watched.scope, buckets(watched), end).at("latency_p50", 0), f"5+0x{end}")
        yield Case("silent without requests", idle, (end,))
