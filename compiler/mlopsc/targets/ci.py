"""What every CI calls: lint, tests, data and models from the store, figures side by side, and who is told."""

from collections.abc import Iterator

from mlopsc.files import File, Verbatim
from mlopsc.model import Model
from mlopsc.symbols import Command, Note, Report, Secret, Setting, Symbol, Table
from mlopsc.targets.offered import needed, own, shared

SECTIONS = ("ci", "hooks")
SUMMARY = "make ci-lint, ci-test, pull, push, compare, tell: what a workflow calls, and you can too"

_AT = ("ci",)
_SHARED = "processes settings verdict"
# What DVC's object stores read from the environment (dvc.org/doc/user-guide, "Remote Storage").
_KEYS = {
    "s3": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    "azure": ("AZURE_STORAGE_CONNECTION_STRING",),
}
# Other names of a protocol.
_SAME = {"s3a": "s3", "az": "azure", "abfs": "azure", "abfss": "azure"}


def offers(model: Model) -> Iterator[Symbol]:
    """Bring the commands of the spec, and those around them."""
    if not _is_used(model):
        return
    yield from _commands(model)
    yield from own(_programs(model), _AT)
    yield from shared(_shared(model), _AT)
    if texts := _texts(model):
        yield Setting("commands", texts, at=_AT)
    for name in _keys(model):
        yield Secret(name, purpose="the object store of data and models", at=("data", "remote"))
    if model.pipeline:
        yield Report("reports/compare.md", "the figures of this run beside champion and main", at=_AT)
    if model.hooks:
        words = tuple(f"{name.replace('_', ' ')}: {command}" for name, command in model.hooks.items())
        yield Note("Hooks", words, at=("hooks",))


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the programs."""
    if _is_used(model):
        for program in own(_programs(model), _AT):
            yield File(program.name, Verbatim(program.name), needs=needed(_shared(model), _AT), at=_AT)


def _is_used(model: Model) -> bool:
    return bool(model.name and (model.ci or _texts(model)))


def _texts(model: Model) -> dict[str, str]:
    """Return the commands that the spec brings, by the name by which make knows them."""
    ci = model.ci
    lint, test = (ci.lint, ci.test) if ci else ("", "")
    texts = {"ci-lint": lint, "ci-test": test, "integration-test": model.test if model.deploys else ""}
    return {name: text for name, text in texts.items() if text}


def _commands(model: Model) -> Iterator[Command]:
    for name, text in _texts(model).items():
        yield Command(name, ("ops/command.py", name), text, at=_AT)
    if model.ci is None:
        return
    if model.pipeline and model.pipeline.remote:
        yield Command("pull", ("ops/remote.py", "pull"), "Bring data and models (dvc pull)", True, at=_AT)
        yield Command("push", ("ops/remote.py", "push"), "Keep data and models (dvc push)", True, at=_AT)
    if model.pipeline and model.pipeline.metrics:
        help_ = "Figures of this run beside champion and main"
        yield Command("compare", ("ops/compare.py",), help_, True, at=_AT)
    if _tells(model):
        yield Command("tell", ("ops/tell.py",), "Tell what the steps named in STEPS have said", True, at=_AT)
    if model.ci.check:
        help_ = "Check that the generated files are what the spec says (needs uv)"
        yield Command("outputs", ("ops/outputs.py", model.spec), help_, at=("ci", "check"))


def _programs(model: Model) -> str:
    used = {command.run[0].removeprefix("ops/").removesuffix(".py") for command in _commands(model)}
    return " ".join(sorted(used | ({"comparison"} if "compare" in used else set())))


def _shared(model: Model) -> str:
    return _SHARED + " digests" * ("remote" in _programs(model).split())


def _tells(model: Model) -> bool:
    return any(each.notify for each in model.environments)


def _keys(model: Model) -> Iterator[str]:
    """Yield the names of the keys to the stores, where no role is taken on."""
    if model.ci:
        by_role = "s3" if model.ci.aws_role else ""
        yield from (name for each in _protocols(model) if each != by_role for name in _KEYS.get(each, ()))


def _protocols(model: Model) -> list[str]:
    """Return the protocols of what is read and kept elsewhere."""
    places = [model.data.path, model.data.incoming, model.pipeline.remote if model.pipeline else ""]
    places += [model.scoring.input, model.scoring.output] if model.scoring else []
    found = [place.partition("://")[0] for place in places if "://" in place]
    return list(dict.fromkeys(_SAME.get(each, each) for each in found))
