"""Batch scoring by the user's own command, whole or not at all."""

from collections.abc import Iterator

from mlopsc.files import File, Verbatim
from mlopsc.model import Model, Scoring
from mlopsc.symbols import Command, Job, Note, Report, Symbol, Table
from mlopsc.targets.offered import needed, own, packages, readers, scoring, shared, tracking
from mlopsc.targets.scoring.starter import starter
from mlopsc.targets.scoring.words import words

SECTIONS = ("scoring",)
SUMMARY = "ops/score.py and ops/compare_scores.py: the champion scores a table, whole or not at all"

_AT = ("scoring",)
_OWN = (
    "score scoring_columns scoring_faults scoring_input scoring_join scoring_kinds scoring_model "
    "scoring_output scoring_run scoring_scores scoring_suite"
)
_OF_COMPARISON = " compare_scores scoring_comparison scoring_page"
_SHARED = "digests local processes settings state suffixes tables text_files verdict"


def offers(model: Model) -> Iterator[Symbol]:
    """Bring `make score`, its schedule, and `make compare-scores` where candidates score too."""
    written = model.scoring
    if written is None:
        return
    yield from _commands(written)
    yield from own(_programs(written), _AT)
    yield from shared(_shared(model), _AT)
    yield from packages(_packages(model, written), _AT)
    yield from scoring(model)
    if model.registry:
        yield from tracking(model)
    if when := written.schedule:
        said = f"{when.words} ({model.timezone})"
        yield Job("score", ("score",), cron=when.cron, words=said, at=("scoring", "schedule"))
    yield Report("reports/score.json", "what was scored last: version, rows, and what was wrong", at=_AT)
    if written.compares:
        said = "how the candidate's scores differ from the champion's"
        yield Report("reports/compare-scores.html", said, at=("scoring", "compare"))
    yield Note("Batch scoring", tuple(words(model, written)), at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the programs, and a command to start from."""
    if model.scoring is None:
        return
    for program in own(_programs(model.scoring), _AT):
        yield File(program.name, Verbatim(program.name), needs=needed(_shared(model), _AT), at=_AT)
    yield from starter(model, model.scoring)


def _commands(written: Scoring) -> Iterator[Command]:
    help_ = f"Score {written.input} with the champion, or VERSION=7, into {written.output}"
    yield Command("score", ("ops/score.py",), help_, True, at=_AT)
    if written.compares:
        help_ = "Score with the candidate too, and say how its scores differ"
        yield Command("compare-scores", ("ops/compare_scores.py",), help_, True, at=("scoring", "compare"))


def _programs(written: Scoring) -> str:
    return _OWN + _OF_COMPARISON * written.compares


def _shared(model: Model) -> str:
    return _SHARED + " tracking" * bool(model.registry)


def _packages(model: Model, written: Scoring) -> Iterator[str]:
    yield from ("pandas", "pyyaml")
    if model.registry:
        yield "mlflow"
    yield from readers(model, model.data.path, written.input, written.output)
    if any(place.endswith(".parquet") for place in (written.input, written.output)):
        yield "pyarrow"
