"""Drift by scipy: has the data changed since the model was trained?"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from mlopsc.files import File, Verbatim
from mlopsc.model import Drift, Model
from mlopsc.symbols import Command, Job, Note, Report, Setting, Symbol, Table
from mlopsc.targets.offered import (
    memory,
    metrics,
    needed,
    own,
    packages,
    prediction_log,
    readers,
    scoring,
    shared,
    size,
)

SECTIONS = ("drift", "outcomes")
SUMMARY = "ops/drift.py: tests of columns, predictions and metrics, with a report to read (scipy)"

_AT = ("drift",)
_OF_COLUMNS = (
    "drift drift_comparison drift_data drift_files drift_pairs drift_places drift_plots drift_report "
    "drift_score drift_statistics drift_tests drift_window"
)
_OF_PREDICTIONS = " drift_predictions drift_labels"
_SHARED = "digests local settings state suffixes tables text_files verdict"
_SHARED_OF_PREDICTIONS = " label_metrics"


def offers(model: Model) -> Iterator[Symbol]:
    """Bring `make drift`, its schedule, its figures and its reports."""
    drift = model.drift
    if drift is None:
        return
    yield Command("drift", ("ops/drift.py",), "Compare recent data with the reference", True, at=_AT)
    yield from own(_programs(drift), _AT)
    yield from shared(_shared(drift), _AT)
    yield from memory(model, _AT)
    yield from metrics(model, _AT)
    yield from packages(("scipy", "pandas", "pyarrow", "pyyaml"), _AT)
    yield from packages(readers(model, *_places(model, drift)), _AT)
    yield from _settings(model, drift)
    words = f"{drift.schedule.words} ({model.timezone})"
    yield Job("drift", _commands(model), cron=drift.schedule.cron, words=words, at=("drift", "schedule"))
    yield Report("reports/drift.html", "the last drift check, with a plot of each tested column", at=_AT)
    yield Report("reports/drift.json", "the same as data: effect, p-value and verdict of each test", at=_AT)
    yield Note("Drift", tuple(_words(model, drift)), at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the programs."""
    if model.drift:
        for program in own(_programs(model.drift), _AT):
            yield File(program.name, Verbatim(program.name), needs=needed(_shared(model.drift), _AT), at=_AT)


def _programs(drift: Drift) -> str:
    return _OF_COLUMNS + (_OF_PREDICTIONS if _beyond_columns(drift) else "")


def _shared(drift: Drift) -> str:
    return _SHARED + (_SHARED_OF_PREDICTIONS if _beyond_columns(drift) else "")


def _beyond_columns(drift: Drift) -> bool:
    return any("columns" not in test for test in drift.tests)


def _commands(model: Model) -> tuple[str, ...]:
    """Retraining looks at what was found as soon as it was found; then what became of it is kept."""
    fires = model.retraining.triggers if model.retraining else {}
    retrains = ("retrain",) * bool(fires.keys() & {"drift", "metric", "new_records"})
    return ("drift", *retrains, *("history",) * model.keeps_history)


def _places(model: Model, drift: Drift) -> Iterator[str]:
    yield from (model.data.path, model.data.incoming, drift.reference, model.prediction_log)
    if model.scoring:
        yield from (model.scoring.input, model.scoring.output)
    if model.outcomes:
        yield model.outcomes.path


def _settings(model: Model, drift: Drift) -> Iterator[Symbol]:
    said: Mapping[str, Any] = {key: value for key, value in asdict(drift).items() if key != "schedule"}
    yield Setting("drift", said, at=_AT)
    if model.outcomes:
        yield Setting("outcomes", asdict(model.outcomes), at=("outcomes",))
    if model.scoring:
        yield from scoring(model)
    else:
        yield from prediction_log(model)


def _words(model: Model, drift: Drift) -> Iterator[str]:
    known = {"incoming": model.data.incoming, "predictions": model.prediction_log}
    current = known.get(drift.current) or (model.scoring.input if model.scoring else "")
    of_champion = "the champion's training data"
    yield f"Compares {current} with {of_champion if drift.reference == 'training' else drift.reference}."
    yield from (_test(test) for test in drift.tests)
    yield f"With fewer than {drift.min_rows} rows the verdict is unknown."
    yield f"An effect below {drift.min_effect:g} is no drift, however small its p-value is."


def _test(test: Mapping[str, Any]) -> str:
    what = ", ".join(test.get("columns", [])) or test.get("metric", "predictions")
    if "drops_by" in test:
        return f"{what}: drift when it is worse by {size(test['drops_by'])}."
    level = f"p below {test['p_value']:g}" if "p_value" in test else f"above {test['above']:g}"
    return f"{what}: {test['method']}, {level}."
