"""Apache Airflow: one file of DAGs, whose tasks are programs of the repository."""

from collections.abc import Iterator
from posixpath import join, normpath, relpath
from textwrap import wrap
from typing import Any

from mlopsc.files import File, Place, Template
from mlopsc.model import Airflow, Model
from mlopsc.symbols import Command, Need, Program, Symbol, Table
from mlopsc.targets.airflow.dags import dags
from mlopsc.targets.airflow.parts import Dag, Offered

SECTIONS = ("airflow", "scheduler: airflow")
SUMMARY = "dags/mlops_<model>.py: the DAGs of a model, for Airflow 3 and 2.10+ (scheduler: airflow)"

_AT = ("airflow",)
# What Airflow's database takes of a tag.
_LONGEST_TAG = 100
_WIDTH = 95
_MORE = "More stands in the runbook of the repository."


def offers(_model: Model) -> Iterator[Symbol]:
    """Bring nothing yet."""
    yield from ()


def files(model: Model, table: Table) -> Iterator[File]:
    """Write the DAGs, at the root where several models share a folder of them."""
    found = tuple(dags(Offered(model, table))) if model.airflow else ()
    if model.airflow and found:
        path = normpath(join(model.airflow.dags, f"mlops_{model.name.replace('-', '_')}.py"))
        beside = model.airflow.dags == join(model.folder, "dags")
        place = Place.MODEL if beside else Place.ROOT
        values = _values(model, model.airflow, found)
        needs = tuple(_needs(found, table))
        yield File(
            relpath(path, model.folder or ".") if beside else path,
            Template("dag.py", values),
            place,
            needs=needs,
            at=_AT,
        )


def _values(model: Model, airflow: Airflow, found: tuple[Dag, ...]) -> dict[str, Any]:
    name = model.environments[-1].name
    return {
        "folder": relpath(model.folder or ".", airflow.dags),
        "variable": f"MLOPS_{model.name.replace('-', '_').upper()}_HOME",
        "timezone": model.timezone,
        "environment": [name] if name else [],
        "tells": any(each.notify for each in model.environments),
        "tags": [tag[:_LONGEST_TAG] for tag in ("mlops", model.name, model.owner) if tag],
        "owner": model.owner or model.name,
        "pool": airflow.pool,
        "retries": airflow.retries,
        "retry_delay": airflow.retry_delay,
        "timeout": airflow.timeout,
        "dags": [_view(model, each) for each in found],
    }


def _view(model: Model, dag: Dag) -> dict[str, Any]:
    about = [model.description] if model.description else []
    # A text that ends in .md would be the name of a file to Airflow.
    lines = [line for text in (*about, *dag.doc, _MORE) for line in ("", *wrap(text, _WIDTH))][1:]
    return {
        "id": f"{model.name}-{dag.kind}",
        "about": dag.about,
        "doc": lines,
        "cron": dag.cron,
        "assets": list(dag.assets),
        "steps": dag.steps,
    }


def _needs(found: tuple[Dag, ...], table: Table) -> Iterator[Need]:
    commands = dict.fromkeys(name for dag in found for name in dag.commands)
    for name in commands:
        yield Need(Command, name, _AT)
        program = next((each.run[0] for each in table[Command] if each.name == name), "")
        yield Need(Program, program, _AT)
