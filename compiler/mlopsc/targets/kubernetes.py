"""Kubernetes: the objects around the service, as a base and an overlay for each environment."""

from collections.abc import Iterator

from mlopsc.files import File
from mlopsc.model import Model
from mlopsc.symbols import Symbol, Table

SECTIONS: tuple[str, ...] = ()
SUMMARY = "kubernetes/: base and an overlay for each environment with a cluster (kustomize)"


def offers(_model: Model) -> Iterator[Symbol]:
    """Bring the objects."""
    yield from ()


def files(_model: Model, _table: Table) -> Iterator[File]:
    """Write the manifests."""
    yield from ()
