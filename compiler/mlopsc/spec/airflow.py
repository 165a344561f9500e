"""Apache Airflow as the owner of scheduled work."""

from pydantic import Field

from mlopsc.spec.base import Opt, Section
from mlopsc.spec.units.durations import Duration
from mlopsc.spec.units.numbers import CountOrNone
from mlopsc.spec.units.text import Path


class Airflow(Section):
    """Apache Airflow 3, or 2.10 and later."""

    dags: Opt[Path] = Field(
        None, description="Folder that Airflow reads; default: beside the spec.", examples=["dags"]
    )
    retries: CountOrNone = Field(
        1, description="Retries of a failed task; refusals are never retried.", examples=[1]
    )
    retry_delay: Duration = Field(Duration.read("5m"), description="Wait before a retry.", examples=["5m"])
