"""Runs DAGs of a folder one after the other, as `airflow dags test` does; how they ended, as JSON into a file.

play.py OUT FOLDER DAG ...
"""

import json
import sys
from pathlib import Path
from typing import Any

try:
    from airflow.dag_processing.dagbag import DagBag

    NOTHING: dict[str, bool] = {}
except ImportError:
    from airflow.models.dagbag import DagBag

    NOTHING = {"include_examples": False}


def main(out: str, folder: str, *names: str) -> None:
    """Run them, the one after the other."""
    bag = DagBag(folder, **NOTHING)
    assert not bag.import_errors, bag.import_errors
    Path(out).write_text(json.dumps([played(bag.dags[name]) for name in names]))


def played(dag: Any) -> dict[str, Any]:
    """Run a DAG; return the state of its run, and of its tasks."""
    run = dag.test()
    return {
        "state": str(getattr(run.state, "value", run.state)),
        "tasks": {
            each.task_id: str(getattr(each.state, "value", each.state)) for each in run.get_task_instances()
        },
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
