"""Retraining: something asks for it, new data comes first, and the gate decides about the result."""

from collections.abc import Iterator
from typing import Any

from mlopsc.files import File, Verbatim
from mlopsc.model import Model, Retraining
from mlopsc.symbols import Command, Job, Note, Report, Setting, Symbol, Table
from mlopsc.targets.offered import memory, metrics, needed, own, packages, readers, shared

SECTIONS = ("retraining",)
SUMMARY = "ops/retrain.py: triggers, cooldown and retries around fetch, pipeline, register and promote"

_AT = ("retraining",)
_OWN = "records retrain retraining steps triggers"
_SHARED = "digests settings state tables verdict"


def offers(model: Model) -> Iterator[Symbol]:
    """Bring `make retrain`, and its schedule."""
    retraining = model.retraining
    if retraining is None:
        return
    help_ = "Train again if a trigger asks for it; now: TRIGGER=manual"
    yield Command("retrain", ("ops/retrain.py",), help_, True, at=_AT)
    yield from own(_programs(model), _AT)
    yield from shared(_SHARED, _AT)
    yield from memory(model, _AT)
    yield from metrics(model, _AT)
    yield from packages(readers(model, model.data.incoming), _AT)
    yield Setting("retraining", _settings(model, retraining), at=_AT)
    yield from _jobs(retraining, model.timezone)
    yield Report("reports/retrain.json", "whether it trained, and why or why not", at=_AT)
    yield Note("Retraining", tuple(_words(model, retraining)), at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the programs."""
    if model.retraining:
        for program in own(_programs(model), _AT):
            yield File(program.name, Verbatim(program.name), needs=needed(_SHARED, _AT), at=_AT)


def _programs(model: Model) -> str:
    # Where a scheduler takes the steps, it asks between them.
    return _OWN + " retraining_parts" * (model.airflow is not None)


def _settings(model: Model, retraining: Retraining) -> dict[str, Any]:
    return {
        "triggers": dict(retraining.triggers),
        "mode": retraining.mode,
        "checkpoint": retraining.checkpoint,
        "full_when": retraining.full_when,
        "cooldown_seconds": retraining.cooldown_seconds,
        "max_attempts": retraining.max_attempts,
        "steps": list(model.training_steps),
        "forgets": retraining.forgets or None,
    }


def _jobs(retraining: Retraining, timezone: str) -> Iterator[Job]:
    if when := retraining.schedule:
        at = (*_AT, "triggers", "schedule")
        words = f"{when.words} ({timezone})"
        yield Job("retrain", ("retrain",), ("TRIGGER=schedule",), when.cron, words, at=at)
    if when := retraining.poll:
        words = f"{when.words} ({timezone})"
        yield Job("records", ("retrain",), cron=when.cron, words=words, at=(*_AT, "triggers"))


def _words(model: Model, retraining: Retraining) -> Iterator[str]:
    fires = retraining.triggers
    asked = {
        "drift": "the verdict drift",
        "schedule": "its schedule",
        "webhook": "a call from outside (make retrain TRIGGER=webhook EVENT=id)",
    }
    said = [words for name, words in asked.items() if name in fires]
    if "new_records" in fires:
        said.append(f"more than {fires['new_records']['above']} new records in {model.data.incoming}")
    if "metric" in fires:
        said.append(f"a fall of {fires['metric']['metric']}")
    yield f"Asked for by {', '.join(said)}."
    yield f"Then: {', '.join(f'make {step}' for step in model.training_steps)}."
    yield f"A failure is tried up to {retraining.max_attempts} times, a refusal or a block never again."
    if retraining.cooldown_seconds:
        yield f"Not within {retraining.cooldown_seconds / 3600:g} hours of the last training."
    yield "Killed on the way, the next make retrain goes on where it ended."
