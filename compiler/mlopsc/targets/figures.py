"""Figures of the batch side for Prometheus: drift, freshness, validation, age of the model."""

from collections.abc import Iterator

from mlopsc.files import File
from mlopsc.model import Model
from mlopsc.symbols import Symbol, Table

SECTIONS: tuple[str, ...] = ()
SUMMARY = "ops/exporter.py: drift, freshness, validation and age of the model, for Prometheus"


def offers(_model: Model) -> Iterator[Symbol]:
    """Bring the exporter and its metrics."""
    yield from ()


def files(_model: Model, _table: Table) -> Iterator[File]:
    """Write the programs."""
    yield from ()
