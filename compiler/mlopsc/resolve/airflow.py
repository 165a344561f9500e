"""How Airflow runs the scheduled work."""

from posixpath import join, normpath
from typing import TYPE_CHECKING

from mlopsc import defaults
from mlopsc.model import Airflow, Cluster, Pods

if TYPE_CHECKING:
    from mlopsc.spec import Spec
    from mlopsc.spec.airflow import Airflow as Written


def airflow(spec: "Spec", folder: str) -> Airflow | None:
    """Return how the DAGs run; None where another scheduler does, `folder` is the spec's from the root."""
    if defaults.scheduler(spec) != "airflow" or spec.model is None:
        return None
    from mlopsc.spec.airflow import Airflow as Section

    written = spec.airflow or Section.model_validate({})
    return Airflow(
        dags=normpath(written.dags) if written.dags else join(folder, "dags"),
        retries=written.retries or 0,
        retry_delay=int(written.retry_delay.seconds),
        timeout=int(written.timeout.seconds),
        pool=written.pool or "",
        pods=_pods(written),
        steps=defaults.training_steps(spec) if spec.pipeline else (),
    )


def _pods(written: "Written") -> Pods | None:
    cluster = written.cluster
    if cluster is None:
        return None
    place = Cluster(cluster.context or "", cluster.namespace or "default")
    return Pods(place, written.image or "", written.volume or "")
