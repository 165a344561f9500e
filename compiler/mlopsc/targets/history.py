"""InfluxDB: figures that are kept for long."""

from collections.abc import Iterator

from mlopsc.files import File
from mlopsc.model import Model
from mlopsc.symbols import Symbol, Table

SECTIONS: tuple[str, ...] = ()
SUMMARY = "ops/history.py: figures to InfluxDB as line protocol"


def offers(_model: Model) -> Iterator[Symbol]:
    """Bring `make history`."""
    yield from ()


def files(_model: Model, _table: Table) -> Iterator[File]:
    """Write the program."""
    yield from ()
