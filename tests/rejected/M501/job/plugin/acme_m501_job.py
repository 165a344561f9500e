from collections.abc import Iterator
from typing import Any

from mlopsc.symbols import Job
from pydantic import BaseModel, ConfigDict

SECTIONS = ()
SUMMARY = "a plug-in of a test"


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    team: str = ""


def offers(model: Any) -> Iterator[Any]:
    yield Job("nightly", ("valdate",), cron="0 3 * * *", words="every day at 03:00", at=("plugins", "acme"))


def files(model: Any, table: Any) -> Iterator[Any]:
    yield from ()
