from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

SECTIONS = ()
SUMMARY = "a plug-in of a test"


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    retries: int = Field(default=1, ge=0)

    @field_validator("retries")
    @classmethod
    def _few(cls, value: int) -> int:
        if value > 3:
            raise ValueError("at most 3 retries")
        return value


def offers(model: Any) -> Iterator[Any]:
    yield from ()


def files(model: Any, table: Any) -> Iterator[Any]:
    yield from ()
