"""The registry in MLflow: a gate that decides, one program that moves the champion, and a way back."""

from collections.abc import Iterator

from mlopsc.files import File, Template, Verbatim
from mlopsc.model import Model, Registry
from mlopsc.symbols import Command, Note, Report, Setting, Symbol, Table
from mlopsc.targets.loop import loop
from mlopsc.targets.offered import metrics, needed, own, packages, shared, size, tracking

SECTIONS = ("tracking", "registry")
SUMMARY = "ops/register.py, ops/promote.py, ops/restore.py, MLproject: versions in MLflow behind a gate"

_AT = ("registry",)
_OWN = "card figures gate learned lineage origin promote register registry rescore restore"
_SHARED = "digests local processes scratch settings tables tracking verdict"
_COMMANDS = (
    Command("register", ("ops/register.py",), "Register the model; the gate decides about it", True, at=_AT),
    Command("promote", ("ops/promote.py",), "Make the candidate the champion, or VERSION=7", True, at=_AT),
    Command("lineage", ("ops/lineage.py",), "Say what made the champion, or VERSION=7", at=_AT),
    Command(
        "restore",
        ("ops/restore.py",),
        "Bring back code, data, parameters of the champion, or VERSION=7",
        True,
        at=_AT,
    ),
    Command("card", ("ops/card.py",), "Write the model card of the champion, or VERSION=7", at=_AT),
)


def offers(model: Model) -> Iterator[Symbol]:
    """Bring the commands of a version's life, and the rules of the gate."""
    registry = model.registry
    if registry is None:
        return
    yield from _COMMANDS
    yield _rollback(model)
    yield from own(_OWN, _AT)
    yield from shared(_SHARED, _AT)
    yield from packages(("mlflow", "pandas", "pyarrow", "pyyaml"), _AT)
    yield from tracking(model)
    yield from metrics(model, _AT)
    yield Setting("registry", {"gate": list(registry.gate)}, at=_AT)
    yield Report("reports/register.json", "what the gate said of the last version, and by how much", at=_AT)
    yield Report(f"reports/{model.name}-<version>.html", "the card of a version", at=_AT)
    if model.pipeline:
        yield Note("The loop", tuple(loop(model)), at=("pipeline",))
    yield Note("Registry and gate", tuple(_words(registry)), at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the programs, and MLproject for `mlflow run`."""
    if model.registry is None:
        return
    for program in own(_OWN, _AT):
        yield File(program.name, Verbatim(program.name), needs=needed(_SHARED, _AT), at=_AT)
    yield File("MLproject", Template("MLproject", {"name": model.name}), at=_AT)


def _rollback(model: Model) -> Command:
    if model.rollouts:
        how = "Take back a rollout that runs, within seconds; else bring the previous champion back"
        return Command("rollback", ("ops/roll_back.py",), how, True, at=_AT)
    how = "Bring the previous champion back"
    return Command("rollback", ("ops/promote.py", "--back"), how, True, at=_AT)


def _words(registry: Registry) -> Iterator[str]:
    yield "A version that passes the gate is the candidate; make promote makes it the champion."
    for rule in registry.gate:
        asked = [f"{word} {rule[key]:g}" for key, word in _BOUNDS.items() if key in rule]
        if "improves_on" in rule:
            by = f" by {size(rule['by'])} or more" if "by" in rule else ""
            asked.append(f"better than the champion on the same data{by}")
        yield f"{rule['metric']}: {', '.join(asked)}."
    yield "make rollback makes the previous version the champion again; the drift reference goes with it."


_BOUNDS = {"min": "at least", "max": "at most"}
