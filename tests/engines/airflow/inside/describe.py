"""Runs in Airflow's environment: what a scheduler makes of folders of DAGs, as JSON into a file.

    describe.py OUT FOLDER ...

What is told of a DAG is read twice, as the file made it and as it comes back from serialisation; when
the two differ, `differs` names it.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

try:
    from airflow.dag_processing.dagbag import DagBag
    from airflow.serialization.serialized_objects import DagSerialization as Serialized

    NOTHING: dict[str, bool] = {}
except ImportError:
    from airflow.models.dagbag import DagBag
    from airflow.serialization.serialized_objects import SerializedDAG as Serialized

    NOTHING = {"include_examples": False}

HEAVY = ("mlflow", "pandas", "scipy", "great_expectations", "numpy", "sklearn", "dvc", "kubernetes")
OF_TASK = ("owner", "pool", "retries", "trigger_rule", "email_on_failure", "task_type")


def main(out: str, *folders: str) -> None:
    """Describe the folders, each as one bag."""
    before = set(sys.modules)
    found = {folder: described(Path(folder)) for folder in folders}
    loaded = {name.split(".")[0] for name in set(sys.modules) - before}
    heavy = sorted(loaded & set(HEAVY) - set(before))
    Path(out).write_text(json.dumps({"folders": found, "heavy": heavy}, default=str))


def described(folder: Path) -> dict[str, Any]:
    """Return the errors, the DAGs by their ids, and how many seconds the parsing took."""
    begun = time.process_time()
    bag = DagBag(str(folder), **NOTHING)
    seconds = time.process_time() - begun
    dags, differs = {}, []
    for name, dag in bag.dags.items():
        document = Serialized.to_dict(dag)
        read = Serialized.from_dict(json.loads(json.dumps(document)))
        dags[name] = facts(read) | {"schedule": schedule(document["dag"].get("timetable", {"__var": {}}))}
        if facts(dag) != facts(read):
            differs.append(name)
    return {"errors": bag.import_errors, "dags": dags, "differs": differs, "seconds": seconds}


def facts(dag: Any) -> dict[str, Any]:
    """Return what both a DAG and what is read back of it say of themselves."""
    return {
        "tasks": {task.task_id: of_task(task) for task in dag.tasks},
        "max_active_runs": dag.max_active_runs,
        "catchup": dag.catchup,
        "tags": sorted(dag.tags),
        "doc": dag.doc_md,
        "timezone": str(dag.timezone),
        "start": dag.start_date.isoformat(),
        "timeout": seconds(dag.dagrun_timeout),
    }


def of_task(task: Any) -> dict[str, Any]:
    """Return what is said of a task; times are seconds."""
    return {name: getattr(task, name, None) for name in OF_TASK} | {
        "downstream": sorted(task.downstream_task_ids),
        "retry_delay": seconds(task.retry_delay),
        "backoff": bool(task.retry_exponential_backoff),
        "timeout": seconds(task.execution_timeout),
        "outlets": [asset.uri for asset in task.outlets],
        "trigger_rule": str(getattr(task.trigger_rule, "value", task.trigger_rule)),
    }


def schedule(timetable: dict[str, Any]) -> dict[str, Any]:
    """Return the cron expression with its timezone, and how assets start it: the kind of condition, their URIs."""
    said = timetable["__var"]
    clock = said.get("timetable", timetable)["__var"]
    assets = said.get("asset_condition") or said.get("dataset_condition") or {}
    uris = [each["uri"] for each in assets.get("objects", [assets]) if each]
    return {
        "cron": [clock["expression"], str(clock["timezone"])] if "expression" in clock else None,
        "any_of": sorted(uris) if len(uris) < 2 or assets["__type"].endswith("_any") else None,
    }


def seconds(time: Any) -> float | None:
    """Return a time as seconds."""
    return time.total_seconds() if time is not None else None


if __name__ == "__main__":
    main(*sys.argv[1:])
