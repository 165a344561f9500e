"""The A/B test: who answers whom is in the service, what it shows is computed here."""

from collections.abc import Iterator

from mlopsc.files import File
from mlopsc.model import Model
from mlopsc.symbols import Symbol, Table

SECTIONS: tuple[str, ...] = ()
SUMMARY = "ops/ab_test.py: which of two versions is better for real users, with a report"


def offers(_model: Model) -> Iterator[Symbol]:
    """Bring nothing yet."""
    yield from ()


def files(_model: Model, _table: Table) -> Iterator[File]:
    """Write nothing yet."""
    yield from ()
