"""What all sections share: frozen, nothing unknown, no silent conversion, null refused."""

import os
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema

# A plug-in of pydantic could change what a spec means, and looking for one opens every installed package.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

T = TypeVar("T")


class Section(BaseModel):
    """A mapping of the language; its validator is built when a spec first has the section."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class _NotNull:
    """Drops null from what is accepted: None stands only for a key that is not written."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        inner: CoreSchema = handler(source)["schema"]
        return inner


Opt = Annotated[T | None, _NotNull()]
"""A key that may be left out; None when it is."""

List = Annotated[tuple[T, ...], Field(strict=False)]
"""A YAML list."""

Some = Annotated[tuple[T, ...], Field(strict=False, min_length=1)]
"""A YAML list of at least one item."""

LogicalType = Literal["integer", "number", "string", "boolean", "timestamp"]
Method = Literal["ks", "chi2", "psi", "wasserstein", "msd"]
