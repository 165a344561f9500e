"""The pipeline, in DVC's own words."""

from typing import Annotated

from pydantic import Field

from mlopsc.spec.base import List, Section
from mlopsc.spec.units.text import Command, Path, Text, Word


class Stage(Section):
    """One step: a command, what it reads and what it makes."""

    cmd: Command = Field(description="Command that runs the stage.", examples=["python src/train.py"])
    deps: List[Path] = Field(
        (), description="Files that it reads.", examples=[["src/train.py", "data/customers.csv"]]
    )
    params: List[Text] = Field(
        (), description="Keys of params.yaml that it reads.", examples=[["seed", "train"]]
    )
    outs: List[Path] = Field((), description="Files or folders that it makes.", examples=[["models/model"]])
    metrics: List[Path] = Field((), description="Metrics files that it makes.", examples=[["metrics.json"]])
    plots: List[Path] = Field((), description="Plot data that it makes.", examples=[["plots/roc.csv"]])


class Pipeline(Section):
    """Stages from data to model and metrics; DVC reruns only what changed."""

    stages: Annotated[dict[Word, Stage], Field(min_length=1)] = Field(
        description="Stages by name; their order follows from deps and outs.",
        examples=[
            {"train": {"cmd": "python src/train.py", "deps": ["src/train.py"], "outs": ["models/model"]}}
        ],
    )
