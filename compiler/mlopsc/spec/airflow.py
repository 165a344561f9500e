"""Apache Airflow as the owner of scheduled work."""

from pydantic import Field

from mlopsc.spec.base import Opt, Section
from mlopsc.spec.environments import Cluster
from mlopsc.spec.units.durations import Duration
from mlopsc.spec.units.formats import KubernetesName, PinnedImage
from mlopsc.spec.units.numbers import CountOrNone
from mlopsc.spec.units.text import Path, Text


class Airflow(Section):
    """Apache Airflow 3, or 2.10 and later."""

    dags: Opt[Path] = Field(
        None,
        description="Folder that Airflow reads, from the repository's root; default: `dags` beside the spec.",
        examples=["dags"],
    )
    retries: CountOrNone = Field(
        1, description="Retries of a failed task; refusals are never retried.", examples=[1]
    )
    retry_delay: Duration = Field(
        Duration.read("5m"), description="Wait before the first retry; it doubles.", examples=["5m"]
    )
    timeout: Duration = Field(
        Duration.read("6h"), description="Longest time that a task may take.", examples=["6h"]
    )
    pool: Opt[Text] = Field(
        None, description="Pool of all tasks, which Airflow must have; default: its own.", examples=["ml"]
    )
    cluster: Opt[Cluster] = Field(
        None,
        description="Cluster in which each task is a pod; default: a process of Airflow's worker.",
        examples=[{"namespace": "ml"}],
    )
    image: Opt[PinnedImage] = Field(
        None, description="Image of those pods, with its tag.", examples=["ghcr.io/acme/ltv-training:1"]
    )
    volume: Opt[KubernetesName] = Field(
        None,
        description="Claim of the volume with this repository, which those pods share.",
        examples=["ltv-repository"],
    )
