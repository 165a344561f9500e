"""M33x: the pipeline."""

from mlopsc.diagnostics.codes.base import Code


class M330(Code):
    """Stages of the pipeline wait for each other in a circle.

    The order of the stages follows from their deps and outs, so that a circle has no first stage.

    Fix: remove the dep that closes the circle.
    """

    title = "cycle of stages"
    example = """\
pipeline:
  stages:
    train: {cmd: python src/train.py, deps: [data/customers.csv, metrics.json], outs: [models/model]}
    evaluate: {cmd: python src/evaluate.py, deps: [models/model], metrics: [metrics.json]}"""


class M331(Code):
    """Two outputs are the same file or overlap, or a stage reads what it makes itself.

    DVC takes each path as the output of one stage, and refuses a folder that holds the output of another.

    Fix: give each output a path of its own.
    """

    title = "overlapping outputs"
    example = """\
pipeline:
  stages:
    train: {cmd: python src/train.py, deps: [data/customers.csv], outs: [models/model]}
    tune: {cmd: python src/tune.py, deps: [data/customers.csv], outs: [models/model]}"""


class M332(Code):
    """The path that is called the model is no output of the pipeline.

    `model.artifact` is what is registered and served, so some stage must make it, under `outs`.

    Fix: correct `model.artifact`, or add it to the `outs` of the stage that trains.
    """

    title = "model is no output"
    example = """\
model: {name: churn, artifact: models/modle}
pipeline:
  stages:
    train: {cmd: python src/train.py, deps: [data/customers.csv], outs: [models/model]}"""


class M333(Code):
    """No stage has the data among its deps.

    DVC runs a stage when something that it depends on has changed; without the data among the deps, new
    data would train nothing. Data behind a URL is given to the stages that come first.

    Fix: add `data.path` to the `deps` of the stage that reads it.
    """

    title = "no stage reads the data"
    example = """\
pipeline:
  stages:
    train: {cmd: python src/train.py, deps: [src/train.py], outs: [models/model]}"""


class M334(Code):
    """A stage depends on a path that no stage makes and that does not exist, and nearly is another one.

    The stage could never run; the name was most likely mistyped.

    Fix: correct the path.
    """

    title = "dangling dependency"
    example = """\
pipeline:
  stages:
    train: {cmd: python src/train.py, deps: [data/customers.csv], outs: [models/model]}
    evaluate: {cmd: python src/evaluate.py, deps: [models/modle], metrics: [metrics.json]}"""


class M335(Code):
    """A stage has the name of a stage that is generated.

    `validate` runs the data validation before the stages that read the data; `mode` records whether an
    incremental training starts anew.

    Fix: give your stage another name.
    """

    title = "name of a generated stage"
    example = """\
validation:
  columns:
    age: {nulls: forbidden}
pipeline:
  stages:
    validate: {cmd: python src/look.py, deps: [data/customers.csv], outs: [data/looked.csv]}"""
