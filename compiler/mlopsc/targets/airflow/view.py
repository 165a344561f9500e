"""What the template of the DAGs is given."""

from posixpath import join, relpath
from textwrap import wrap
from typing import Any

from mlopsc.model import Airflow, Model, Pods
from mlopsc.targets.airflow.parts import Flow

# What Airflow's database takes of a tag.
_LONGEST_TAG = 100
_WIDTH = 95
_MORE = "More stands in the runbook of the repository."


def values(model: Model, airflow: Airflow, found: tuple[Flow, ...]) -> dict[str, Any]:
    """Return the values of the template's holes."""
    name = model.environments[-1].name
    tells = any(each.notify for each in model.environments)
    return {
        "folder": relpath(model.folder or ".", airflow.dags),
        "variable": f"MLOPS_{model.name.replace('-', '_').upper()}_HOME",
        "timezone": model.timezone,
        "named": bool(name),
        "environment": name,
        "inside": airflow.pods is None,
        "pods": [_pod(model, airflow.pods)] if airflow.pods else [],
        "tells": tells,
        "callback": tells and airflow.pods is None,
        "tags": [tag[:_LONGEST_TAG] for tag in ("mlops", model.name, model.owner) if tag],
        "owner": model.owner or model.name,
        "pool": airflow.pool,
        "retries": airflow.retries,
        "retry_delay": airflow.retry_delay,
        "timeout": airflow.timeout,
        "dags": [_view(model, each) for each in found],
    }


def _pod(model: Model, pods: Pods) -> dict[str, Any]:
    return {
        "model": model.name,
        "image": pods.image,
        "volume": pods.volume,
        "namespace": pods.cluster.namespace,
        "context": pods.cluster.context or None,
        "folder": join("/repository", model.folder).rstrip("/"),
    }


def _view(model: Model, dag: Flow) -> dict[str, Any]:
    about = [model.description] if model.description else []
    # A text that ends in .md would be the name of a file to Airflow.
    lines = [line for text in (*about, *dag.doc, _MORE) for line in ("", *wrap(text, _WIDTH))][1:]
    return {
        "id": f"{model.name}-{dag.kind}",
        "about": dag.about,
        "doc": lines,
        "cron": dag.cron,
        "assets": list(dag.assets),
        "chains": dag.chains,
    }
