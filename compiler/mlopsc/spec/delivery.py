"""How well delivery works, and what it costs."""

from pydantic import Field

from mlopsc.spec.base import Opt, Section
from mlopsc.spec.units.durations import Duration
from mlopsc.spec.units.numbers import Count, Positive
from mlopsc.spec.units.shares import Ratio
from mlopsc.spec.units.text import Text


class Time(Section):
    """A time to keep."""

    target: Opt[Duration] = Field(None, description="What is aimed at.", examples=["15m"])
    max: Opt[Duration] = Field(None, description="What must not be exceeded.", examples=["20m"])


class Frequency(Section):
    """How often at least."""

    min: Positive = Field(description="Lowest number.", examples=[1])


class FailureRate(Section):
    """How often it may fail."""

    max: Ratio = Field(description="Highest share.", examples=["10%"])


class Delivery(Section):
    """Goals for delivery itself, measured from what ran."""

    pipeline_duration: Opt[Time] = Field(
        None, description="From start to end of the pipeline.", examples=[{"target": "15m", "max": "20m"}]
    )
    deploys_per_week: Opt[Frequency] = Field(
        None, description="Deployments in a week.", examples=[{"min": 1}]
    )
    failure_rate: Opt[FailureRate] = Field(
        None, description="Share of deployments that were rolled back.", examples=[{"max": "10%"}]
    )
    time_to_restore: Opt[Time] = Field(
        None, description="From a failure to the end of it.", examples=[{"max": "30m"}]
    )


class Costs(Section):
    """Who pays, and what is thrown away."""

    center: Opt[Text] = Field(None, description="Cost centre; a label on everything.", examples=["growth"])
    prune_after: Opt[Duration] = Field(
        None, description="Versions older than that are removed.", examples=["90d"]
    )
    keep_latest: Count = Field(5, description="So many versions are kept anyway.", examples=[5])
