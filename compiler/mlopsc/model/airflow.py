"""Apache Airflow, where it runs the scheduled work."""

from dataclasses import dataclass

from mlopsc.model.delivery import Cluster


@dataclass(frozen=True, slots=True)
class Pods:
    """Where each task is a pod: a cluster, the image, and the claim of the volume with the repository."""

    cluster: Cluster
    image: str
    volume: str


@dataclass(frozen=True, slots=True)
class Airflow:
    """How the DAGs run; `dags` is their folder from the root, times are seconds, `pool` may be empty.

    `steps` are the make commands of a training that nothing but a person asks for.
    """

    dags: str
    retries: int
    retry_delay: int
    timeout: int
    pool: str
    pods: Pods | None
    steps: tuple[str, ...] = ()
