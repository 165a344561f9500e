"""Grafana: one dashboard for each model, and its provisioning."""

from collections.abc import Iterator

from mlopsc.files import File
from mlopsc.model import Model
from mlopsc.symbols import Symbol, Table

SECTIONS: tuple[str, ...] = ()
SUMMARY = "monitoring/grafana/: a dashboard and its provisioning"


def offers(_model: Model) -> Iterator[Symbol]:
    """Bring nothing: a dashboard only shows."""
    yield from ()


def files(_model: Model, _table: Table) -> Iterator[File]:
    """Write the dashboard and its provisioning."""
    yield from ()
