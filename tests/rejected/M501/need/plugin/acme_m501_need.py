from collections.abc import Iterator
from typing import Any

from mlopsc.files import Data, File
from mlopsc.symbols import Command, Need
from pydantic import BaseModel, ConfigDict

SECTIONS = ()
SUMMARY = "a plug-in of a test"


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    team: str = ""


def offers(model: Any) -> Iterator[Any]:
    yield from ()


def files(model: Any, table: Any) -> Iterator[Any]:
    need = Need(Command, "valdate", ("plugins", "acme"))
    yield File("acme.json", Data({}), needs=(need,), at=("plugins", "acme"))
