"""Runs in Airflow 3's environment: the pods that the tasks of a folder of DAGs would be, as JSON into a file.

pods.py OUT FOLDER
"""

import json
import sys
from pathlib import Path
from typing import Any

from airflow.dag_processing.dagbag import DagBag
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import ApiClient

OF_TASK = (
    "skip_on_exit_code",
    "do_xcom_push",
    "in_cluster",
    "cluster_context",
    "get_logs",
    "on_finish_action",
    "deferrable",
    "retries",
)


def main(out: str, folder: str) -> None:
    """Build each pod as the operator does, without a cluster."""
    bag = DagBag(folder)
    assert not bag.import_errors, bag.import_errors
    pods: dict[str, dict[str, Any]] = {}
    for dag in bag.dags.values():
        for task in dag.tasks:
            assert isinstance(task, KubernetesPodOperator), f"{dag.dag_id}.{task.task_id} is no pod"
            pod = ApiClient().sanitize_for_serialization(task.build_pod_request_obj(None, dry_run=True))
            said = {name: getattr(task, name, None) for name in OF_TASK}
            pods[f"{dag.dag_id}.{task.task_id}"] = {"pod": pod, "task": said}
    Path(out).write_text(json.dumps(pods, default=str))


if __name__ == "__main__":
    main(*sys.argv[1:])
