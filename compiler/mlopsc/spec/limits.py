"""Limits on errors and latency: the service's promise, and what guards a rollout."""

from pydantic import Field

from mlopsc.spec.base import Opt, Section
from mlopsc.spec.units.durations import Latency
from mlopsc.spec.units.numbers import Count
from mlopsc.spec.units.shares import Ratio


class Limits(Section):
    """What errors and latency must not exceed."""

    error_rate: Opt[Ratio] = Field(None, description="Share of requests that fail, at most.", examples=["1%"])
    latency_p50: Opt[Latency] = Field(None, description="Median latency, at most.", examples=["50ms"])
    latency_p95: Opt[Latency] = Field(
        None, description="95th percentile of latency, at most.", examples=["200ms"]
    )
    latency_p99: Opt[Latency] = Field(
        None, description="99th percentile of latency, at most.", examples=["500ms"]
    )


class PromoteIf(Limits):
    """What each step of a canary must show; limits default from `serving.slo`."""

    min_requests: Opt[Count] = Field(
        None, description="With fewer requests of the canary's own there is no verdict.", examples=[500]
    )
