"""The stages of dvc.yaml: ours, then the user's, each with all that it depends on."""

from collections.abc import Iterable, Iterator, Sequence
from posixpath import normpath
from typing import Any

from mlopsc.model import Model, Pipeline, Stage

_STAMP, _MODE = "reports/validated.json", "reports/mode.json"
# A list of a stage in dvc.yaml: its name, plain paths, and paths with options.
Part = dict[str, Any]


def stages(model: Model, pipeline: Pipeline) -> Iterator[dict[str, Any]]:
    """Yield the stages as DVC reads them: ours, then the user's, each with all that it depends on."""
    if model.validation:
        data = [] if model.data.protocol else [normpath(model.data.watched)]
        deps = ["config/suite.json", *data, "ops/stamp.py", "ops/tables.py", "ops/validate.py"]
        yield _stage("validate", "python ops/stamp.py", [_part("deps", deps), _part("outs", [], [_STAMP])])
    if incremental(model):
        yield _stage("mode", "python ops/mode.py", [_part("outs", [], [_MODE])], ["always_changed"])
    for stage in pipeline.stages:
        parts = [
            _part("deps", _deps(stage, model)),
            _part("params", stage.params),
            _outs(stage, model),
            _part("metrics", [], stage.metrics),
            _part("plots", [], stage.plots),
        ]
        yield _stage(stage.name, _commands(stage, model), parts)


def _commands(stage: Stage, model: Model) -> str | list[str]:
    """Return the stage's command, with the hooks around it: DVC runs them whenever it runs the stage."""
    before: list[str] = []
    after: list[str] = []
    evaluates = model.pipeline is not None and stage.cmd == model.pipeline.evaluate
    for word in ["train"] * stage.trains + ["evaluate"] * evaluates:
        before += [model.hooks[f"before_{word}"]] if f"before_{word}" in model.hooks else []
        after += [model.hooks[f"after_{word}"]] if f"after_{word}" in model.hooks else []
    return [*before, stage.cmd, *after] if before or after else stage.cmd


def _stage(name: str, cmd: str | list[str], parts: list[Part], flags: Sequence[str] = ()) -> dict[str, Any]:
    filled = [part for part in parts if part["plain"] or part["special"]]
    return {"name": name, "cmd": cmd, "parts": filled, "flags": flags}


def _part(name: str, plain: Iterable[str], uncached: Iterable[str] = ()) -> Part:
    """Return a list of a stage: paths as they are, and paths that DVC leaves where they are."""
    special = [{"path": normpath(path), "options": {"cache": False}} for path in uncached]
    return {"name": name, "plain": list(plain), "special": special}


def _deps(stage: Stage, model: Model) -> list[str]:
    deps = list(map(normpath, stage.deps))
    if stage.reads_data and model.validation:
        deps.append(_STAMP)
    if stage.trains and incremental(model):
        deps.append(_MODE)
    return deps


def _outs(stage: Stage, model: Model) -> Part:
    """Return the outputs; DVC deletes them before a run, but for a checkpoint, which `persist` keeps."""
    outs = [normpath(out) for out in stage.outs]
    retraining = model.retraining
    if not (retraining and retraining.checkpoint and stage.trains and incremental(model)):
        return _part("outs", outs)
    checkpoint = normpath(retraining.checkpoint)
    part = _part("outs", [out for out in outs if out != checkpoint])
    return part | {"special": [{"path": checkpoint, "options": {"persist": True}}]}


def incremental(model: Model) -> bool:
    """Say whether training may go on from a checkpoint."""
    return model.retraining is not None and model.retraining.mode == "incremental"
