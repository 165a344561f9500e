"""Batch scoring by the user's own command, whole or not at all."""

from collections.abc import Iterator

from mlopsc.files import File
from mlopsc.model import Model
from mlopsc.symbols import Symbol, Table

SECTIONS: tuple[str, ...] = ()
SUMMARY = "ops/score.py: the champion scores a table, whole or not at all"


def offers(_model: Model) -> Iterator[Symbol]:
    """Bring nothing yet."""
    yield from ()


def files(_model: Model, _table: Table) -> Iterator[File]:
    """Write nothing yet."""
    yield from ()
