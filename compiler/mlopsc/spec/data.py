"""The data that training reads."""

from typing import Literal

from pydantic import Field

from mlopsc.spec.base import Opt, Section
from mlopsc.spec.units.text import Command, Location, Text


class Data(Section):
    """Where data comes from, where it lands, and which columns have a meaning of their own."""

    path: Location = Field(
        description="What training reads: a file, glob, folder or fsspec URL.",
        examples=["data/customers.csv"],
    )
    format: Opt[Literal["csv", "parquet"]] = Field(
        None,
        description="File format; default: by the suffix of `path`. A folder or glob needs it.",
        examples=["csv"],
    )
    fetch: Opt[Command] = Field(
        None,
        description="Command that rewrites `path`, run before the pipeline where retraining is meant; "
        "default: new files of `incoming` are appended to `path`.",
        examples=["python src/fetch.py"],
    )
    incoming: Opt[Location] = Field(
        None,
        description="Where new data lands: watched, counted, compared for drift.",
        examples=["s3://data-bucket/incoming/"],
    )
    remote: Opt[Location] = Field(None, description="DVC remote.", examples=["s3://ml-bucket/dvcstore"])
    id: Opt[Text] = Field(None, description="Column that names the entity.", examples=["customer_id"])
    timestamp: Opt[Text] = Field(
        None, description="Column with the time of a row.", examples=["event_timestamp"]
    )
    target: Opt[Text] = Field(None, description="Column that is predicted.", examples=["churned"])
    engine: Literal["pandas", "spark"] = Field(
        "pandas", description="What reads the data.", examples=["pandas"]
    )
