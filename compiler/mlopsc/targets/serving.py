"""The service: an application that answers with a pinned version, and the image that holds it."""

from collections.abc import Iterator

from mlopsc.files import File
from mlopsc.model import Model
from mlopsc.symbols import Symbol, Table

SECTIONS: tuple[str, ...] = ("serving",)
SUMMARY = "serving/: the service, its metrics, its log of predictions, and its image"


def offers(_model: Model) -> Iterator[Symbol]:
    """Bring `make serve`, the metrics of the service, and what its image needs."""
    yield from ()


def files(_model: Model, _table: Table) -> Iterator[File]:
    """Write the application, its settings and the Dockerfile."""
    yield from ()
