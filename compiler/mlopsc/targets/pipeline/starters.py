"""What a user's code can begin with: training and evaluation, their parameters and packages."""

from collections.abc import Iterator
from posixpath import normpath

from mlopsc.files import File, Ownership, Template
from mlopsc.model import Model, Pipeline
from mlopsc.pins import PINS

_AT = ("pipeline",)


def starters(model: Model, pipeline: Pipeline) -> Iterator[File]:
    """Write code to start from where a stage's command names a Python file that nothing else makes."""
    params = any(stage.params for stage in pipeline.stages)
    for stage in () if model.data.many else pipeline.stages:
        script = next((word for word in stage.cmd.split() if word.endswith(".py")), "")
        name = "train" if stage.trains else "evaluate" if stage.metrics else ""
        if not (name and script in map(normpath, stage.deps)):
            continue
        values = {
            "data": model.data.path,
            "parquet": model.data.format == "parquet",
            "target": model.data.target or "target",
            "dropped": [column for column in (model.data.id, model.data.timestamp) if column],
            "key": [model.data.id] if model.data.id else [],
            "artifact": pipeline.artifact,
            "metrics": stage.metrics[0] if stage.metrics else "",
            "regression": model.task == "regression",
            "params": params,
        }
        yield File(script, Template(f"{name}.py", values), ownership=Ownership.STARTER, at=_AT)
    if params:
        yield File("params.yaml", Template("params.yaml"), ownership=Ownership.STARTER, at=_AT)
    if model.python.requirements:
        values = {"requirements": [f"scikit-learn=={PINS['scikit-learn']}"]}
        yield File(
            model.python.requirements, Template("requirements.txt", values), ownership=Ownership.STARTER
        )
