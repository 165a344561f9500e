"""Level 1: data validation with Great Expectations, which really blocks bad data."""

from collections.abc import Iterator

from mlopsc.files import Data, File, Verbatim
from mlopsc.model import Model, Validation
from mlopsc.pins import PINS, PROTOCOLS
from mlopsc.symbols import Command, Job, Need, Note, Program, Report, Requirement, Symbol, Table
from mlopsc.targets.validation.suite import suite
from mlopsc.targets.validation.words import in_words

SECTIONS = ("data", "validation")
SUMMARY = "config/suite.json and ops/validate.py: a Great Expectations suite that blocks bad data"

_PROGRAMS = ("ops/validate.py", "ops/watch.py")
_SHARED = ("ops/tables.py", "ops/verdict.py")


def offers(model: Model) -> Iterator[Symbol]:
    """Bring `make validate`, what it needs to run, and its place in the runbook."""
    if model.validation is None:
        return
    at = ("validation",)
    yield Command(
        "validate", ("ops/validate.py",), f"Check {model.data.path} against config/suite.json", True, at=at
    )
    if model.data.incoming and not model.data.protocol:
        help_ = f"Validate each file as it arrives in {model.data.incoming}"
        yield Command(
            "watch", ("ops/validate.py", "--watch", model.data.incoming), help_, at=("data", "incoming")
        )
    for program in _PROGRAMS:
        yield Program(program, at=at)
    for program in _SHARED:
        yield Program(program, shared=True, at=at)
    for package in _packages(model):
        yield Requirement(package, PINS[package], at=at)
    yield Report("reports/validate.json", "the last verdict on the data, with figures", at=at)
    yield Report("reports/data_docs/index.html", "Great Expectations' own pages about the last run", at=at)
    yield Note("Data validation", in_words(model.validation, model.data.path), at=at)
    yield from _jobs(model.validation, model.timezone)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the suite and the programs that read it."""
    if model.validation is None:
        return
    at = ("validation",)
    needs = tuple(Need(Program, program, at) for program in _SHARED)
    yield File("config/suite.json", Data(suite(model)), at=at)
    for program in _PROGRAMS:
        yield File(program, Verbatim(program), needs=needs, at=at)


def _jobs(validation: Validation, timezone: str) -> Iterator[Job]:
    if validation.schedule:
        when = validation.schedule
        words = f"{when.words} ({timezone})"
        yield Job("validate", ("validate",), cron=when.cron, words=words, at=("validation", "schedule"))


def _packages(model: Model) -> Iterator[str]:
    yield from ("great-expectations", "pandas")
    if model.data.format == "parquet":
        yield "pyarrow"
    if model.data.protocol in PROTOCOLS:
        yield PROTOCOLS[model.data.protocol]
