"""Symbols that several targets bring alike."""

from collections.abc import Iterable, Iterator
from typing import Any

from mlopsc.model import Model, Notify
from mlopsc.model.loop import Change, Reference
from mlopsc.pins import PINS, PROTOCOLS
from mlopsc.symbols import EnvVar, Need, Path, Program, Requirement, Secret, Setting, Symbol

_STORE = "the MLflow tracking store; with a password in it, write `uri: {secret: …}`"


def own(names: str, at: Path) -> Iterator[Symbol]:
    """Bring programs by their names, which the target writes itself."""
    return (Program(f"ops/{name}.py", at=at) for name in names.split())


def shared(names: str, at: Path) -> Iterator[Symbol]:
    """Bring programs that the target relies on and `repository` writes."""
    return (Program(f"ops/{name}.py", shared=True, at=at) for name in names.split())


def needed(names: str, at: Path) -> tuple[Need, ...]:
    """Return what a file needs that relies on shared programs."""
    return tuple(Need(Program, f"ops/{name}.py", at) for name in names.split())


def packages(names: Iterable[str], at: Path) -> Iterator[Symbol]:
    """Bring pinned packages."""
    return (Requirement(name, PINS[name], at=at) for name in names)


def readers(model: Model, *places: str) -> Iterator[str]:
    """Yield the packages that read the places, some of them URLs, and the format of the data."""
    for place in places:
        protocol = place.partition("://")[0]
        if "://" in place and protocol in PROTOCOLS:
            yield PROTOCOLS[protocol]
    if model.data.format == "parquet":
        yield "pyarrow"


def memory(model: Model, at: Path) -> Iterator[Symbol]:
    """Bring what remembers between runs: files, or tags in the tracking store."""
    yield Setting("state", model.state, at=at)
    yield from shared("local state", at)
    if model.state == "tracking":
        yield from shared("experiment_tags tracking", at)
        yield from packages(["mlflow"], at)
        yield from tracking(model)


def prediction_log(model: Model) -> Iterator[Symbol]:
    """Bring the place of the prediction log, where predictions are kept in files."""
    services = {each.name: each.service for each in model.environments if each.service}
    logs = {name: service.log.path for name, service in services.items() if service.log and service.log.path}
    if logs:
        values = {name: {"prediction_log": {"path": path}} for name, path in logs.items()}
        yield Setting("serving", instead=values, at=("serving", "prediction_log"))


def scoring(model: Model) -> Iterator[Symbol]:
    """Bring what batch scoring reads, writes and runs."""
    if written := model.scoring:
        value = {"cmd": written.cmd, "input": written.input, "output": written.output}
        limit = {"max": written.most} if written.most else True
        compared = {"compare": limit} if written.compares else {}
        yield Setting("scoring", {**value, **compared}, at=("scoring",))


def metrics(model: Model, at: Path) -> Iterator[Symbol]:
    """Bring the direction in which each metric is better."""
    if model.metrics:
        yield Setting("metrics", dict(model.metrics), at=at)


def tracking(model: Model) -> Iterator[Symbol]:
    """Bring the address of the tracking store, and the variable that holds it."""
    stores = {each.name: each.tracking for each in model.environments}
    values = {name: {"uri": store.uri, "experiment": store.experiment} for name, store in stores.items()}
    yield Setting("tracking", instead=values, at=("tracking",))
    for store in stores.values():
        yield from _variable(store.uri, _STORE)


def notify(receivers: Iterable[Notify]) -> Iterator[Symbol]:
    """Bring the variables that hold addresses and passwords of receivers."""
    for told in receivers:
        yield from _variable(told.slack, "Slack's incoming webhook")
        yield from _variable(told.webhook, "the webhook that is told")
        for name, value in told.smtp.items():
            yield from _variable(value, f"the {name} of the mail server")


def size(change: Change) -> str:
    """Return a difference in words."""
    return f"{change['absolute']:g}" if "absolute" in change else f"{change['relative'] * 100:.6g}%"


def _variable(reference: Reference | Any, purpose: str) -> Iterator[Symbol]:
    if isinstance(reference, dict):
        for kind, name in reference.items():
            yield Secret(name, purpose=purpose) if kind == "secret" else EnvVar(name, purpose=purpose)
