"""Where runs and versions are kept, and what a version must pass."""

from typing import Literal

from pydantic import Field

from mlopsc.spec.base import Opt, Section, Some
from mlopsc.spec.units.figures import Change, Figure
from mlopsc.spec.units.references import Reference
from mlopsc.spec.units.text import MetricName, Text


class Tracking(Section):
    """The MLflow tracking store."""

    uri: Reference = Field(
        Reference.read("sqlite:///mlflow.db"),
        description="Address of the store.",
        examples=[{"env": "MLFLOW_TRACKING_URI"}],
    )
    experiment: Opt[Text] = Field(
        None, description="Name of the experiment; default: the model's name.", examples=["churn"]
    )


class Gate(Section):
    """One condition of the gate."""

    metric: MetricName = Field(description="Metric that is judged.", examples=["accuracy"])
    min: Opt[Figure] = Field(None, description="Lowest value that passes, inclusive.", examples=[0.9])
    max: Opt[Figure] = Field(None, description="Highest value that passes, inclusive.", examples=[12.5])
    improves_on: Opt[Literal["champion"]] = Field(
        None, description="Compare with the champion, re-scored on the same data.", examples=["champion"]
    )
    by: Opt[Change] = Field(
        None,
        description="Least improvement, absolute or relative in %; any improvement unless set.",
        examples=[0.005, "2%"],
    )


class Registry(Section):
    """The model registry; a version that passes the gate becomes `candidate`."""

    gate: Some[Gate] = Field(
        description="Conditions that a version must meet, all of them.",
        examples=[[{"metric": "accuracy", "min": 0.9}]],
    )
