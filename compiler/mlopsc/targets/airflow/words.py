"""What the runbook says of Airflow."""

from collections.abc import Iterator

from mlopsc.model import Airflow, Model


def words(model: Model, airflow: Airflow) -> Iterator[str]:
    """Yield how Airflow is given the DAGs, and what to do when one of them has stopped."""
    name = model.name
    file = f"{airflow.dags}/mlops_{name.replace('-', '_')}.py"
    yield f"Airflow reads {file}: its dags folder, or a DAG bundle, is {airflow.dags} or holds it."
    yield from _in_pods(airflow) if airflow.pods else _beside(name)
    if airflow.pool:
        yield f"The pool {airflow.pool} must exist: airflow pools set {airflow.pool} 1 mlops."
    yield f"New DAGs are paused: unpause those with the tag {name}. Airflow may then start one run at once."
    yield (
        f"At night: filter DAGs by the tag {name}. The log of the red task ends with the reasons, which are "
        "in reports/ too. Clear the task to try again; to mark it as success runs nothing."
    )
    yield "A skipped task asked to stop, and is in order: the doc of each DAG says what that means where."
    if model.retraining:
        yield f"To train now: start {name}-retrain; other systems do so by Airflow's API: see the DAG's doc."
    if model.validation:
        yield (
            f"Where another DAG brings data, let its task have the outlet mlops://{name}/data: "
            f"{name}-validate then looks at it."
        )


def _in_pods(airflow: Airflow) -> Iterator[str]:
    pods = airflow.pods
    if pods:
        yield (
            f"Each task is a pod of {pods.image} in {pods.cluster.namespace}, as user 10001; the claim "
            f"{pods.volume} holds this repository, with its .env, at /repository."
        )
        yield "Airflow needs the provider cncf-kubernetes; the image, Python and requirements-mlops.txt."
        yield "A pod tells of its verdicts and failures itself; one that is killed from outside cannot."


def _beside(name: str) -> Iterator[str]:
    variable = f"MLOPS_{name.replace('-', '_').upper()}_HOME"
    yield (
        "Tasks run in this folder by its .venv, on the machine of Airflow's worker. Where the file is a "
        f"copy, the variable {variable}, of Airflow or of the worker's environment, names this folder."
    )
    yield "Secrets are in .env, or in the worker's environment; Airflow's own settings reach no task."
