"""Level 2: what makes the model train again, and how."""

from typing import Literal

from pydantic import Field

from mlopsc.spec.base import Opt, Section
from mlopsc.spec.units.durations import Duration
from mlopsc.spec.units.figures import Change
from mlopsc.spec.units.numbers import Count, CountOrNone
from mlopsc.spec.units.schedules import Schedule
from mlopsc.spec.units.text import MetricName, Path


class MetricDrop(Section):
    """A metric that has fallen."""

    metric: MetricName = Field(description="Metric that is watched.", examples=["accuracy"])
    drops_by: Change = Field(description="How far it fell: absolute, or relative in %.", examples=[0.1, "5%"])


class NewRecords(Section):
    """Enough new data has come."""

    above: CountOrNone = Field(
        description="Fires when more new records than that have come.", examples=[1000]
    )


class Triggers(Section):
    """What starts a retraining; each of them alone does."""

    drift: bool = Field(False, description="A drift verdict.", examples=[True])
    schedule: Opt[Schedule] = Field(None, description="The clock.", examples=["weekly"])
    new_records: Opt[NewRecords] = Field(None, description="New data.", examples=[{"above": 1000}])
    webhook: bool = Field(False, description="A call from outside.", examples=[True])
    metric: Opt[MetricDrop] = Field(
        None, description="A metric that fell.", examples=[{"metric": "f1", "drops_by": 0.05}]
    )


class RetrainingStrategy(Section):
    """From scratch, or on from a checkpoint."""

    mode: Literal["full", "incremental"] = Field(
        "full", description="How training starts.", examples=["incremental"]
    )
    checkpoint: Opt[Path] = Field(
        None, description="What an incremental training goes on from.", examples=["models/checkpoint"]
    )
    full_when: Opt[MetricDrop] = Field(
        None,
        description="Train in full after all when a metric fell.",
        examples=[{"metric": "accuracy", "drops_by": 0.1}],
    )


class Retry(Section):
    """What happens when a training fails; refusals are never repeated."""

    max_attempts: Count = Field(3, description="Attempts in all.", examples=[3])
    backoff: Literal["exponential"] = Field(
        "exponential", description="How the waits grow.", examples=["exponential"]
    )


class Retraining(Section):
    """Fetches new data, trains, and leaves the decision to the gate."""

    triggers: Triggers = Field(
        description="What starts it.", examples=[{"drift": True, "schedule": "weekly"}]
    )
    strategy: Opt[RetrainingStrategy] = Field(
        None, description="How it trains; in full unless set.", examples=[{"mode": "full"}]
    )
    cooldown: Opt[Duration] = Field(
        None, description="Least time between two retrainings; none unless set.", examples=["12h"]
    )
    retry: Opt[Retry] = Field(None, description="After a failure.", examples=[{"max_attempts": 3}])
    state: Opt[Literal["file", "tracking"]] = Field(
        None,
        description="Where triggers, cooldown and marks are kept; default: a file, or tags in the tracking "
        "store where the scheduler's runners forget.",
        examples=["tracking"],
    )
