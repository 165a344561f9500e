"""The bases of values that have a form or a notation of their own."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

UNIT = "x-unit"
"""Holds a schema that becomes a definition of its own, under its title."""


class Form(ABC):
    """Stands in Annotated[...] beside a plain type and says what form its values have."""

    __slots__ = ()
    title: str
    words: str

    @abstractmethod
    def read(self, raw: Any) -> Any:
        """Return the value; raises PydanticCustomError when `raw` has not the form."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that accepts exactly what `read` accepts."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        if not self.title:
            return self.schema()
        return {UNIT: {"title": self.title, "description": self.words, **self.schema()}}


class Written(ABC):
    """A value that is read from a notation and written back as it was.

    `json` is the JSON Schema that accepts exactly what `read` accepts; `words` says what that is,
    and `story` shows what it means where that is not plain.
    """

    __slots__ = ()
    json: ClassVar[dict[str, Any]]
    words: ClassVar[str]
    story: ClassVar[str] = ""

    @classmethod
    @abstractmethod
    def read(cls, raw: Any) -> Self:
        """Return the value; raises PydanticCustomError when `raw` is not in the notation."""

    @abstractmethod
    def written(self) -> Any:
        """Return the value as it stood in the spec."""

    @classmethod
    def take(cls, raw: Any) -> Self:
        """Return a value that was read already, or read it."""
        return raw if isinstance(raw, cls) else cls.read(raw)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        back = core_schema.plain_serializer_function_ser_schema(cls.written)
        return core_schema.no_info_plain_validator_function(cls.take, serialization=back)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {UNIT: {"title": cls.__name__, "description": cls.words, **cls.json}}
