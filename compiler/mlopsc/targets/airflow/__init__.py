"""Apache Airflow: one file of DAGs, whose tasks are programs of the repository."""

from collections.abc import Iterator
from posixpath import join, normpath, relpath

from mlopsc.files import File, Place, Template, Verbatim
from mlopsc.model import Model
from mlopsc.symbols import Command, Dag, Need, Note, Program, Symbol, Table
from mlopsc.targets.airflow.dags import dags, kinds
from mlopsc.targets.airflow.parts import Flow, Offered
from mlopsc.targets.airflow.view import values
from mlopsc.targets.airflow.words import words
from mlopsc.targets.offered import own

SECTIONS = ("airflow", "scheduler: airflow")
SUMMARY = "dags/mlops_<model>.py: the DAGs of a model, for Airflow 3 and 2.10+ (scheduler: airflow)"

_AT = ("airflow",)
_IN_PODS = "task"


def offers(model: Model) -> Iterator[Symbol]:
    """Bring the DAGs that the model itself asks for, and what a task does in its pod."""
    if model.airflow is None:
        return
    for kind, commands in kinds(model):
        yield Dag(f"{model.name}-{kind}", commands, at=_AT)
    if model.airflow.pods:
        yield from own(_IN_PODS, _AT)
    yield Note("Airflow", tuple(words(model, model.airflow)), at=_AT)


def files(model: Model, table: Table) -> Iterator[File]:
    """Write the DAGs, at the root where several models share a folder of them."""
    found = tuple(dags(Offered(model, table))) if model.airflow else ()
    if model.airflow and found:
        path = normpath(join(model.airflow.dags, f"mlops_{model.name.replace('-', '_')}.py"))
        beside = model.airflow.dags == join(model.folder, "dags")
        yield File(
            relpath(path, model.folder or ".") if beside else path,
            Template("dag.py", values(model, model.airflow, found)),
            Place.MODEL if beside else Place.ROOT,
            needs=tuple(_needs(found, table)),
            at=_AT,
        )
        for program in own(_IN_PODS if model.airflow.pods else "", _AT):
            yield File(program.name, Verbatim(program.name), at=_AT)


def _needs(found: tuple[Flow, ...], table: Table) -> Iterator[Need]:
    commands = dict.fromkeys(name for dag in found for name in dag.commands)
    for name in commands:
        yield Need(Command, name, _AT)
        program = next((each.run[0] for each in table[Command] if each.name == name), "")
        yield Need(Program, program, _AT)
