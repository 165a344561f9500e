"""The pipeline in DVC: only what changed runs again, and nothing trains on data that the suite blocks."""

from collections.abc import Iterator, Mapping
from posixpath import normpath
from typing import Any

from mlopsc.files import File, Template, Verbatim
from mlopsc.model import Data, Model, Pipeline
from mlopsc.pins import REMOTES
from mlopsc.symbols import Command, Note, Report, Setting, Stage, Symbol, Table
from mlopsc.targets.offered import needed, own, packages, readers, shared
from mlopsc.targets.pipeline.stages import incremental, stages
from mlopsc.targets.pipeline.starters import starters

SECTIONS = ("data", "pipeline")
SUMMARY = "dvc.yaml and .dvc/config, ops/fetch.py and ops/pipeline.py: a DVC pipeline behind the validation"

_AT = ("pipeline",)
_OWN = "fetch incoming mend pipeline profile_stage"
_SHARED = "digests local processes scratch settings tables verdict"


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
    for stage in stages(model, pipeline):
        yield Stage(stage["name"], _text(stage["cmd"]), at=("pipeline", "stages", stage["name"]))
    yield Setting("pipeline", _settings(pipeline), at=_AT)
    yield Report("reports/fetch.json", "whether there is new data to train on", at=_AT)
    yield Report("reports/pipeline.json", "how the last run of the pipeline ended", at=_AT)
    yield Note("Pipeline", tuple(_words(model, pipeline)), at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write DVC's files, the programs, and what the user's code starts from."""
    pipeline = model.pipeline
    if pipeline is None:
        return
    values = {"stages": list(stages(model, pipeline))}
    yield File("dvc.yaml", Template("dvc.yaml", values), at=_AT)
    remotes = [_remote(pipeline.remote)] if pipeline.remote else []
    yield File(".dvc/config", Template("dvc/config", {"remotes": remotes}), at=("data", "remote"))
    yield File(".dvcignore", Verbatim("dvcignore"), at=_AT)
    for program in own(_programs(model), _AT):
        yield File(program.name, Verbatim(program.name), needs=needed(_SHARED, _AT), at=_AT)
    yield from starters(model, pipeline)


def _text(cmd: str | list[str]) -> str:
    return cmd if isinstance(cmd, str) else " && ".join(cmd)


def _fetch(data: Data) -> str:
    if data.fetch:
        return f"Bring new data into training: {data.fetch}"
    if data.incoming:
        return f"Append the new files of {data.incoming} to {data.path}"
    return f"Say whether there is new data in {data.path}"


def _programs(model: Model) -> str:
    return _OWN + " stamp" * bool(model.validation) + " mode" * incremental(model)


def _packages(model: Model, pipeline: Pipeline) -> Iterator[str]:
    yield from ("dvc", "pyyaml")
    protocol = pipeline.remote.partition("://")[0] if "://" in pipeline.remote else ""
    if protocol in REMOTES:
        yield REMOTES[protocol]
    yield from readers(model, model.data.path, model.data.incoming)


def _settings(pipeline: Pipeline) -> Mapping[str, Any]:
    params = ["params.yaml"] if any(stage.params for stage in pipeline.stages) else []
    plots = [path for stage in pipeline.stages for path in stage.plots]
    return {
        "metrics": list(pipeline.metrics),
        "plots": plots,
        "evaluate": pipeline.evaluate,
        "params": params,
    }


def _remote(url: str) -> str:
    """Return the address of the remote as DVC reads it in .dvc/config: a path is relative to that file."""
    return url if "://" in url else f"../{normpath(url)}"


def _words(model: Model, pipeline: Pipeline) -> Iterator[str]:
    names = ", ".join(stage.name for stage in pipeline.stages)
    yield f"make fetch brings new data in, make pipeline runs what changed of: {names}."
    if model.validation:
        yield f"Each stage that reads {model.data.path} waits for its validation; a block stops all."
    if pipeline.remote:
        yield f"Data and models are kept at {pipeline.remote}: dvc push, dvc pull."
        yield "Credentials of the remote: dvc remote modify --local, which writes .dvc/config.local."
    yield "DVC needs a git repository (git init): there it keeps the pointers to data and models."
