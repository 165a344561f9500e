"""Level 2: has the data changed since the model was trained?"""

from typing import Literal

from pydantic import Field

from mlopsc.spec.base import Method, Opt, Section, Some
from mlopsc.spec.units.figures import Change
from mlopsc.spec.units.numbers import Count, OnlyTrue, Positive
from mlopsc.spec.units.schedules import Schedule
from mlopsc.spec.units.shares import Probability
from mlopsc.spec.units.text import Location, MetricName, Text


class DriftTest(Section):
    """One test: of columns, of the predictions, or of a metric."""

    columns: Opt[Some[Text]] = Field(
        None, description="Columns that are compared.", examples=[["age", "spend_30d"]]
    )
    predictions: Opt[OnlyTrue] = Field(None, description="Compare the predictions.", examples=[True])
    metric: Opt[MetricName] = Field(
        None, description="Metric that is recomputed when outcomes arrive.", examples=["accuracy"]
    )
    method: Opt[Method] = Field(
        None,
        description="Statistic: `ks`, `chi2` (categories), `psi`, `wasserstein` (in standard deviations), "
        "`msd` (mean squared difference).",
        examples=["ks"],
    )
    p_value: Opt[Probability] = Field(
        None, description="Drift when the p-value is below; for `ks` and `chi2`.", examples=[0.05]
    )
    above: Opt[Positive] = Field(
        None,
        description="Drift when the statistic is above; for `psi`, `wasserstein`, `msd`.",
        examples=[0.2],
    )
    drops_by: Opt[Change] = Field(
        None,
        description="Drift when the metric falls by that much: absolute, or relative in %.",
        examples=[0.05],
    )
    pair: Opt[Literal["quantile", "id"]] = Field(
        None,
        description="What `msd` compares: equal quantiles (default), or rows of one id.",
        examples=["quantile"],
    )


class Score(Section):
    """The one figure that is exported, alerted on and published."""

    statistic: Method = Field("ks", description="Statistic of each tested numeric column.", examples=["ks"])
    across: Literal["max"] = Field("max", description="How the columns become one figure.", examples=["max"])


class Drift(Section):
    """Compares recent data with the reference."""

    schedule: Schedule = Field(
        Schedule.read("daily"),
        description="When the tests run.",
        examples=["every 6 hours", "daily at 06:00"],
    )
    reference: Location = Field(
        "training",
        description="`training` is a snapshot of the champion's training data; else a path.",
        examples=["training"],
    )
    tests: Some[DriftTest] = Field(
        description="What is tested.", examples=[[{"columns": ["age"], "method": "ks", "p_value": 0.05}]]
    )
    correction: Literal["none", "bonferroni", "fdr_bh"] = Field(
        "fdr_bh", description="Correction of p-values for many tests.", examples=["fdr_bh"]
    )
    min_rows: Count = Field(500, description="With fewer rows there is no verdict.", examples=[500])
    min_effect: Opt[Positive] = Field(
        None,
        description="Smaller effects are no drift, however small p is; in each method's own unit "
        "(KS D, Cramér's V, PSI, W/sd).",
        examples=[0.1],
    )
    score: Opt[Score] = Field(
        None, description="The exported figure.", examples=[{"statistic": "ks", "across": "max"}]
    )
