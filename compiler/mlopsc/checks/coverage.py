"""What the spec asks for and this version does not generate yet."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlopsc import defaults
from mlopsc.diagnostics import Diagnostic, Path

if TYPE_CHECKING:
    from mlopsc.spec.root import Spec

# The other keys only tell these something.
_GENERATING = (
    "validation pipeline tracking registry drift retraining scoring serving deployment ab_test features "
    "events monitoring delivery costs ci airflow hooks environments"
)


def uncovered(spec: "Spec", covered: frozenset[str]) -> Iterator[Diagnostic]:
    """Yield a note (M701) for the sections, and for each choice within one, that change no file yet.

    It is an error (M304) where something that is generated relies on it.

    A choice is covered by its written form: `engine: spark`, `scheduler: github`, `prediction_log: kafka`.
    """
    sections = [name for name in _GENERATING.split() if _lacks(name, spec, covered)]
    if sections:
        are, them = ("is", "it") if len(sections) == 1 else ("are", "them")
        message = f"{in_words(sections)} {are} understood, but nothing is generated from {them} yet"
        yield Diagnostic("M701", message, (sections[0],), on_key=True)
    if spec.data and spec.data.engine == "spark" and "engine: spark" not in covered:
        message = "`engine: spark` is understood, but the programs still read data with pandas"
        yield Diagnostic("M701", message, ("data", "engine"))
    yield from _scheduled(spec, covered)
    if spec.costs and spec.costs.prune_after and "costs" not in (*sections, *covered):
        message = "`prune_after` is understood, but nothing is removed yet"
        yield Diagnostic("M701", message, ("costs", "prune_after"), on_key=True)
    broker = spec.serving.prediction_log.broker if spec.serving and spec.serving.prediction_log else None
    if broker and "serving" in covered and f"prediction_log: {broker}" not in covered:
        message = f"a prediction log by {broker} is understood, but nothing is generated from it yet"
        yield Diagnostic("M701", message, ("serving", "prediction_log", "broker"))
        if spec.ab_test and "ab_test" in covered:
            message = (
                f"`ab_test` is understood, but what each version has answered is not read from {broker} yet"
            )
            hint = "log to a store: `prediction_log: {path: 's3://bucket/predictions/'}`"
            yield Diagnostic("M701", message, ("ab_test",), hint=hint, on_key=True)


def in_words(names: list[str]) -> str:
    """Return names in backticks, as a list in a sentence."""
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _scheduled(spec: "Spec", covered: frozenset[str]) -> Iterator[Diagnostic]:
    scheduler = defaults.scheduler(spec)
    asked = list(_schedules(spec))
    if asked and scheduler != "cron" and f"scheduler: {scheduler}" not in covered:
        at, command = asked[0]
        message = f"`scheduler: {scheduler}` is understood, but nothing runs this schedule yet"
        hint = f"say `scheduler: cron` to have it run from a crontab, or call `make {command}` yourself"
        yield Diagnostic("M701", message, at, hint=hint, on_key=True)


def _schedules(spec: "Spec") -> Iterator[tuple[Path, str]]:
    if spec.validation and spec.validation.schedule:
        yield ("validation", "schedule"), "validate"
    if spec.drift:
        yield ("drift",), "drift"
    if spec.scoring and spec.scoring.schedule:
        yield ("scoring", "schedule"), "score"
    if spec.retraining and spec.retraining.triggers.schedule:
        yield ("retraining", "triggers", "schedule"), "retrain"


def _lacks(name: str, spec: "Spec", covered: frozenset[str]) -> bool:
    section = getattr(spec, name)
    if section is None or name in covered:
        return False
    if name == "deployment" and _delivered(spec, covered):
        return False
    if name == "costs" and section.center and _delivered(spec, covered):
        # The label of everything in a cluster.
        return not any(place.cluster for place in (spec.environments or {}).values())
    # Receivers alone are a part of `monitoring` that stands by itself.
    told = name == "monitoring" and not (section.alerts or section.dashboard or section.history)
    return not (told and "monitoring: notify" in covered)


def _delivered(spec: "Spec", covered: frozenset[str]) -> bool:
    """Say whether versions become images that come into service."""
    return bool(spec.deployment and spec.serving and spec.registry) and "deployment: rolling" in covered
