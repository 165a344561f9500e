"""The model itself, and the Python that trains and serves it."""

from typing import Literal

from pydantic import Field

from mlopsc.spec.base import Opt, Section
from mlopsc.spec.units.formats import PythonVersion
from mlopsc.spec.units.text import Name, Path, Prose, Text


class Model(Section):
    """What is built and who answers for it."""

    name: Name = Field(
        description="Name of the model: its files, its label in every metric, its name in the registry.",
        examples=["churn"],
    )
    owner: Opt[Text] = Field(
        None,
        description="Team or person who answers for it; shown in DAGs and costs.",
        examples=["growth-ml"],
    )
    description: Opt[Prose] = Field(
        None, description="What it predicts.", examples=["Which customers leave within 30 days."]
    )
    task: Opt[Literal["classification", "regression"]] = Field(
        None, description="Kind of prediction; picks the default metrics.", examples=["classification"]
    )
    artifact: Opt[Path] = Field(
        None,
        description="The pipeline's output that is the model: an MLflow model directory.",
        examples=["models/model"],
    )


class Python(Section):
    """The Python of the generated repository."""

    version: PythonVersion = Field("3.11", description="Version, quoted.", examples=["3.11", "3.12"])
    requirements: Opt[Path] = Field(
        None,
        description="The user's own requirements; those of the automations are layered on top.",
        examples=["requirements.txt"],
    )
