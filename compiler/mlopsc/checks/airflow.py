"""Airflow: where its DAGs lie, and the pods that its tasks may be."""

from collections.abc import Iterator

from mlopsc.diagnostics import Diagnostic
from mlopsc.resolve import View
from mlopsc.source.extends import inside

_OF_PODS = {
    "image": "which image do the pods run? for example `image: ghcr.io/acme/churn-training:1`",
    "volume": "where do the pods find this repository? for example `volume: churn-repository`",
}


def pods(view: View) -> Iterator[Diagnostic]:
    """Tasks that are pods have an image and the repository; those of a worker need neither (M302)."""
    written = view.spec.airflow
    if written is None:
        return
    for key, hint in _OF_PODS.items():
        given = getattr(written, key) is not None
        if written.cluster and not given:
            message = f"`airflow.cluster` makes each task a pod, and needs `{key}`"
            yield Diagnostic("M302", message, ("airflow", "cluster"), hint=hint, on_key=True)
        elif given and written.cluster is None:
            message = (
                f"`{key}` is that of pods, and without `cluster` a task is a process of Airflow's worker"
            )
            way = "add `cluster: {namespace: ml}`, or remove it"
            yield Diagnostic("M302", message, ("airflow", key), hint=way, on_key=True)


def folder(view: View) -> Iterator[Diagnostic]:
    """The folder of DAGs is named from the root, wherever the spec lies (M303)."""
    dags = view.spec.airflow.dags if view.spec.airflow else None
    if dags and inside(dags, "mlops.yaml") is None and inside(dags, view.document.name) is not None:
        message = f"`{dags}` leaves the repository: the folder of DAGs is named from its root"
        yield Diagnostic("M303", message, ("airflow", "dags"), hint="for example `dags: airflow/dags`")


def deploys(view: View) -> Iterator[Diagnostic]:
    """Images are built where there is docker, which a pod does not have (M302)."""
    spec = view.spec
    if spec.airflow and spec.airflow.cluster and spec.deployment and spec.ci is None:
        message = "a pod of Airflow has no docker: no image is built there, and nothing is deployed"
        hint = "add `ci: {provider: github}`, which then deploys; or remove `airflow.cluster`"
        yield Diagnostic("M302", message, ("airflow", "cluster"), hint=hint, on_key=True)


RULES = (pods, folder, deploys)
