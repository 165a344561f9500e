"""The A/B test: who answers whom is in the service, what it shows is computed here."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from mlopsc.files import File, Verbatim
from mlopsc.model import Experiment, Model
from mlopsc.model.experiment import HEADER
from mlopsc.symbols import Command, EnvVar, Note, Report, Setting, Symbol, Table
from mlopsc.targets.offered import needed, own, packages, prediction_log, readers, shared, size

SECTIONS = ("ab_test",)
SUMMARY = "ops/ab_test.py: which of two versions is better for real users, with a report"

_AT = ("ab_test",)
_OWN = (
    "ab_bootstrap ab_charts ab_compared ab_contrasts ab_counted ab_counts ab_curve ab_data "
    "ab_decision ab_doubts ab_errors ab_ids ab_intervals ab_look ab_losses ab_margin ab_outcomes "
    "ab_plan ab_report ab_result ab_rows ab_sample ab_seen ab_scales ab_spending ab_statistics ab_tables "
    "ab_test ab_units ab_values ab_words"
)
_SHARED = "label_metrics plot_axes prediction_rows settings tables text_files verdict"
_HELP = "Say which version is better: the A/B test of MLOPS_ENV, or START=2026-11-20 VERSION=8"
_DAY = 86400
# As ops/ab_values.py reads them; a spec does not say with what a model answers.
_OF_PROBABILITIES = ("log_loss", "brier_score", "roc_auc")


def offers(model: Model) -> Iterator[Symbol]:
    """Bring `make ab-test` where two versions are tested on real users, and its reports."""
    if not model.experiments:
        return
    yield Command("ab-test", ("ops/ab_test.py",), _HELP, True, at=_AT)
    yield from own(_OWN, _AT)
    yield from shared(_SHARED, _AT)
    places = [each.service.log.path for each in model.environments if each.service and each.service.log]
    outcomes = model.outcomes.path if model.outcomes else ""
    yield from packages(("scipy", "pandas", *readers(model, *places, outcomes)), _AT)
    yield from prediction_log(model)
    if model.outcomes:
        yield Setting("outcomes", asdict(model.outcomes), at=("outcomes",))
    values = {name: _settings(model, each) for name, each in model.experiments.items()}
    yield Setting("ab_test", instead=values, at=_AT)
    yield EnvVar("DRY", "1: make ab-test looks, and hands nothing on to the controller", local=True, at=_AT)
    yield Report("reports/ab-test.html", "the last look at the A/B test: verdict, figures, plots", at=_AT)
    yield Report("reports/ab-test.json", "the same as data", at=_AT)
    yield Note("A/B test", tuple(_words(model)), at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the programs."""
    if model.experiments:
        for program in own(_OWN, _AT):
            yield File(program.name, Verbatim(program.name), needs=needed(f"{_SHARED} release", _AT), at=_AT)


def _settings(model: Model, experiment: Experiment) -> dict[str, Any]:
    """Return what the programs read of one environment; times in seconds, shares as fractions."""
    said = asdict(experiment)
    renamed = {"name": "experiment", "enrolment": "enrolment_seconds", "delay": "delay_seconds"}
    data = model.data
    return {
        **{renamed.get(name, name): value for name, value in said.items()},
        "header": HEADER,
        "id": data.id or (model.outcomes.id if model.outcomes else ""),
        "time": data.timestamp or "timestamp",
        "format": data.format or "csv",
    }


def _words(model: Model) -> Iterator[str]:
    for name, each in model.experiments.items():
        where = name or "the service"
        yield (
            f"{where}: after the last step the new version answers {100 * each.share:.6g}% of the ids "
            f"for {each.enrolment / _DAY:.6g} days; outcomes are known {each.delay / _DAY:.6g} days later."
        )
        margin = f" by more than {size(each.margin)}" if each.margin else ""
        yield f"It is promoted when {each.metric} is better{margin} (one-sided error {each.alpha:g})."
        if each.metric in _OF_PROBABILITIES:
            yield (
                f"{each.metric} is of probabilities: see on the first day that the log has them, as "
                "probability or as prediction_1. A model that answers with classes has none."
            )
    yield "make ab-test looks at it, and writes reports/ab-test.html; the hourly rollout job looks as well."
    yield "Verdict promote: the version gets all of the traffic. Keep: what ran before stays, a green end."
    yield "Undecided: the version is taken back (exit 3), and the page says what is missing."
    yield "Without a cluster: make ab-test START=2026-11-20 VERSION=8. DRY=1 hands nothing on."
    yield "Of several outcomes of an id the last counts; those from before the test do not belong there."
