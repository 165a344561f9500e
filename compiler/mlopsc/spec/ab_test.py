"""A test between champion and candidate on real users."""

from pydantic import Field

from mlopsc.spec.base import Opt, Section
from mlopsc.spec.limits import Limits
from mlopsc.spec.units.durations import Duration
from mlopsc.spec.units.figures import Change, Figure
from mlopsc.spec.units.numbers import Count
from mlopsc.spec.units.shares import Probability, Share
from mlopsc.spec.units.text import MetricName, Name


class AbTest(Section):
    """Runs after the last canary step; the arm is a hash of the entity's id."""

    traffic: Share = Field(description="Share of ids that the candidate answers.", examples=["10%"])
    for_: Duration = Field(alias="for", description="How long it runs at least.", examples=["7d"])
    metric: MetricName = Field(description="Metric that decides.", examples=["f1"])
    improves_by: Opt[Change] = Field(
        None,
        description="Margin that must be exceeded: absolute, or relative in %; none unless set.",
        examples=["5%"],
    )
    effect: Opt[Change] = Field(
        None,
        description="Planned improvement, which is found with probability `power`; "
        "default: twice `improves_by`, or 5%.",
        examples=["10%"],
    )
    baseline: Opt[Figure] = Field(
        None,
        description="What the metric is now, to plan with; in % for a share. "
        "Default: the gate's bound for it, else an assumption that `validate` names.",
        examples=["5%", 0.9],
    )
    alpha: Probability = Field(
        Probability.read(0.05), description="Probability of a false promotion.", examples=[0.05]
    )
    power: Probability = Field(
        Probability.read(0.8), description="Probability of seeing the planned effect.", examples=[0.8]
    )
    min_sample: Opt[Count] = Field(
        None, description="Fewest outcomes per arm; default: what power asks for.", examples=[5000]
    )
    guardrails: Opt[Limits] = Field(
        None,
        description="Limits that end the test at once; default from `serving.slo`.",
        examples=[{"error_rate": "1%"}],
    )
    experiment: Opt[Name] = Field(
        None,
        description="Salt of the arms; another name deals the ids anew. Default: the model's name.",
        examples=["churn-2"],
    )
    looks: Count = Field(
        1, description="How often the result is looked at; more than once spends alpha.", examples=[1]
    )
