"""The pipeline in DVC: only what changed runs again, and nothing trains on data that the suite blocks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import normpath
from typing import Any

from mlopsc.files import File, Ownership, Template, Verbatim
from mlopsc.model import Data, Model, Pipeline
from mlopsc.model import Stage as Written
from mlopsc.pins import PINS, REMOTES
from mlopsc.symbols import Command, Note, Report, Setting, Stage, Symbol, Table
from mlopsc.targets.offered import needed, own, packages, readers, shared

SECTIONS = ("data", "pipeline")
SUMMARY = "dvc.yaml and .dvc/config, ops/fetch.py and ops/pipeline.py: a DVC pipeline behind the validation"

_AT = ("pipeline",)
_STAMP, _MODE = "reports/validated.json", "reports/mode.json"
_OWN = "fetch incoming pipeline profile_stage"
_SHARED = "digests processes scratch settings tables verdict"
# A list of a stage in dvc.yaml: its name, plain paths, and paths with options.
Part = dict[str, Any]


def offers(model: Model) -> Iterator[Symbol]:
    """Bring `make fetch`, `make pipeline` and `make profile`, and the stages of DVC."""
    pipeline = model.pipeline
    if pipeline is None:
        return
    yield Command("fetch", ("ops/fetch.py",), _fetch(model.data), True, at=_AT)
    yield Command("pipeline", ("ops/pipeline.py",), "Run the stages whose inputs changed (dvc repro)", at=_AT)
    profile = "Say where the time of a stage goes: make profile STAGE=train"
    yield Command("profile", ("ops/profile_stage.py",), profile, at=_AT)
    yield from own(_programs(model), _AT)
    yield from shared(_SHARED, _AT)
    yield from packages(_packages(model, pipeline), _AT)
    for stage in _stages(model, pipeline):
        yield Stage(stage["name"], stage["cmd"], at=("pipeline", "stages", stage["name"]))
    yield Setting("pipeline", _settings(pipeline), at=_AT)
    yield Report("reports/fetch.json", "whether there is new data to train on", at=_AT)
    yield Report("reports/pipeline.json", "how the last run of the pipeline ended", at=_AT)
    yield Note("Pipeline", tuple(_words(model, pipeline)), at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write DVC's files, the programs, and what the user's code starts from."""
    pipeline = model.pipeline
    if pipeline is None:
        return
    values = {"stages": list(_stages(model, pipeline))}
    yield File("dvc.yaml", Template("dvc.yaml", values), at=_AT)
    remotes = [_remote(pipeline.remote)] if pipeline.remote else []
    yield File(".dvc/config", Template("dvc/config", {"remotes": remotes}), at=("data", "remote"))
    yield File(".dvcignore", Verbatim("dvcignore"), at=_AT)
    for program in own(_programs(model), _AT):
        yield File(program.name, Verbatim(program.name), needs=needed(_SHARED, _AT), at=_AT)
    yield from _starters(model, pipeline)


def _fetch(data: Data) -> str:
    if data.fetch:
        return f"Bring new data into training: {data.fetch}"
    if data.incoming:
        return f"Append the new files of {data.incoming} to {data.path}"
    return f"Say whether there is new data in {data.path}"


def _programs(model: Model) -> str:
    return _OWN + " stamp" * bool(model.validation) + " mode" * _incremental(model)


def _incremental(model: Model) -> bool:
    return model.retraining is not None and model.retraining.mode == "incremental"


def _packages(model: Model, pipeline: Pipeline) -> Iterator[str]:
    yield from ("dvc", "pyyaml")
    protocol = pipeline.remote.partition("://")[0] if "://" in pipeline.remote else ""
    if protocol in REMOTES:
        yield REMOTES[protocol]
    yield from readers(model, model.data.path, model.data.incoming)


def _settings(pipeline: Pipeline) -> Mapping[str, Any]:
    params = ["params.yaml"] if any(stage.params for stage in pipeline.stages) else []
    return {"metrics": list(pipeline.metrics), "evaluate": pipeline.evaluate, "params": params}


def _stages(model: Model, pipeline: Pipeline) -> Iterator[dict[str, Any]]:
    """Yield the stages as DVC reads them: ours, then the user's, each with all that it depends on."""
    if model.validation:
        data = [] if model.data.protocol else [_watched(model.data.path)]
        deps = ["config/suite.json", *data, "ops/stamp.py", "ops/tables.py", "ops/validate.py"]
        yield _stage("validate", "python ops/stamp.py", [_part("deps", deps), _part("outs", [], [_STAMP])])
    if _incremental(model):
        yield _stage("mode", "python ops/mode.py", [_part("outs", [], [_MODE])], ["always_changed"])
    for stage in pipeline.stages:
        parts = [
            _part("deps", _deps(stage, model)),
            _part("params", stage.params),
            _outs(stage, model),
            _part("metrics", [], stage.metrics),
            _part("plots", [], stage.plots),
        ]
        yield _stage(stage.name, stage.cmd, parts)


def _stage(name: str, cmd: str, parts: list[Part], flags: Sequence[str] = ()) -> dict[str, Any]:
    filled = [part for part in parts if part["plain"] or part["special"]]
    return {"name": name, "cmd": cmd, "parts": filled, "flags": flags}


def _part(name: str, plain: Iterable[str], uncached: Iterable[str] = ()) -> Part:
    """Return a list of a stage: paths as they are, and paths that DVC leaves where they are."""
    special = [{"path": normpath(path), "options": {"cache": False}} for path in uncached]
    return {"name": name, "plain": list(plain), "special": special}


def _deps(stage: Written, model: Model) -> list[str]:
    deps = list(map(normpath, stage.deps))
    if stage.reads_data and model.validation:
        deps.append(_STAMP)
    if stage.trains and _incremental(model):
        deps.append(_MODE)
    return deps


def _outs(stage: Written, model: Model) -> Part:
    """Return the outputs; DVC deletes them before a run, but for a checkpoint, which `persist` keeps."""
    outs = [normpath(out) for out in stage.outs]
    retraining = model.retraining
    if not (retraining and retraining.checkpoint and stage.trains and _incremental(model)):
        return _part("outs", outs)
    checkpoint = normpath(retraining.checkpoint)
    part = _part("outs", [out for out in outs if out != checkpoint])
    return part | {"special": [{"path": checkpoint, "options": {"persist": True}}]}


def _remote(url: str) -> str:
    """Return the address of the remote as DVC reads it in .dvc/config: a path is relative to that file."""
    return url if "://" in url else f"../{normpath(url)}"


def _many(path: str) -> bool:
    return path.endswith("/") or any(sign in path for sign in "*?[")


def _watched(path: str) -> str:
    """Return what DVC can watch of the data: a path, or the folder of a pattern."""
    head = path
    for sign in "*?[":
        head = head.partition(sign)[0]
    return normpath(head if head == path else head.rpartition("/")[0] or ".")


def _words(model: Model, pipeline: Pipeline) -> Iterator[str]:
    names = ", ".join(stage.name for stage in pipeline.stages)
    yield f"make fetch brings new data in, make pipeline runs what changed of: {names}."
    if model.validation:
        yield f"Each stage that reads {model.data.path} waits for its validation; a block stops all."
    if pipeline.remote:
        yield f"Data and models are kept at {pipeline.remote}: dvc push, dvc pull."
        yield "Credentials of the remote: dvc remote modify --local, which writes .dvc/config.local."
    yield "DVC needs a git repository (git init): there it keeps the pointers to data and models."


def _starters(model: Model, pipeline: Pipeline) -> Iterator[File]:
    """Write code to start from where a stage's command names a Python file that nothing else makes."""
    params = any(stage.params for stage in pipeline.stages)
    for stage in () if _many(model.data.path) else pipeline.stages:
        script = next((word for word in stage.cmd.split() if word.endswith(".py")), "")
        name = "train" if stage.trains else "evaluate" if stage.metrics else ""
        if not (name and script in map(normpath, stage.deps)):
            continue
        values = {
            "data": model.data.path,
            "parquet": model.data.format == "parquet",
            "target": model.data.target or "target",
            "dropped": [column for column in (model.data.id, model.data.timestamp) if column],
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
