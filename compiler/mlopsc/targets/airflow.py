"""Apache Airflow: one file of DAGs, whose tasks are commands of the repository."""

from collections.abc import Iterator

from mlopsc.files import File
from mlopsc.model import Model
from mlopsc.symbols import Symbol, Table

SECTIONS: tuple[str, ...] = ()
SUMMARY = "dags/mlops_<model>.py: the DAGs of a model, for Airflow 3 and 2.10+ (scheduler: airflow)"


def offers(_model: Model) -> Iterator[Symbol]:
    """Bring nothing yet."""
    yield from ()


def files(_model: Model, _table: Table) -> Iterator[File]:
    """Write nothing yet."""
    yield from ()
