"""What is measured: the pipeline's metrics, and the outcomes that arrive later."""

from typing import Annotated, Literal

from pydantic import Field

from mlopsc.spec.base import Opt, Section
from mlopsc.spec.units.durations import Duration
from mlopsc.spec.units.text import Location, MetricName, Text


class Metric(Section):
    """A metric that is not well known."""

    better: Literal["higher", "lower"] = Field(description="Which direction is better.", examples=["higher"])


Metrics = Annotated[dict[MetricName, Metric], Field(examples=[{"profit_at_10": {"better": "higher"}}])]


class Outcomes(Section):
    """True labels that arrive after the prediction; joined to logged predictions by id."""

    path: Location = Field(description="File or URL of the outcomes.", examples=["data/outcomes.parquet"])
    id: Text = Field(description="Column that names the entity.", examples=["customer_id"])
    value: Text = Field(description="Column with the true label.", examples=["churned"])
    delay: Opt[Duration] = Field(
        None,
        description="How long after the prediction the label is known; at once unless set.",
        examples=["30d"],
    )
