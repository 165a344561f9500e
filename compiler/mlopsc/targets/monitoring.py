"""Watching: recording and alerting rules, their tests, and who is told by Alertmanager."""

from collections.abc import Iterator

from mlopsc.files import File
from mlopsc.model import Model
from mlopsc.symbols import Symbol, Table

SECTIONS: tuple[str, ...] = ("monitoring",)
SUMMARY = "monitoring/: Prometheus rules with tests, Alertmanager, or objects of the operator"


def offers(_model: Model) -> Iterator[Symbol]:
    """Bring the alerts and `make test-alerts`."""
    yield from ()


def files(_model: Model, _table: Table) -> Iterator[File]:
    """Write rules, tests and receivers."""
    yield from ()
