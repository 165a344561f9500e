"""Sections with a short form, such as `replicas: 3`: one clear error, one shape afterwards."""

from abc import abstractmethod
from typing import Any, ClassVar

from pydantic import GetJsonSchemaHandler, SerializerFunctionWrapHandler, model_serializer, model_validator
from pydantic_core import CoreSchema

from mlopsc.spec.base import Section
from mlopsc.spec.faults import wrong_type


class Shorthand(Section):
    """A mapping that may be written as one value; `short` is the JSON Schema of that value."""

    short: ClassVar[dict[str, Any]]
    words: ClassVar[str]

    @classmethod
    @abstractmethod
    def expand(cls, raw: Any) -> dict[str, Any] | None:
        """Return the long form of a short one, or None when it is none; may raise a fault."""

    @abstractmethod
    def contract(self) -> Any:
        """Return the short form, or None when there is none."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, raw: Any) -> Any:
        if isinstance(raw, (dict, cls)):
            return raw
        expanded = cls.expand(raw)
        if expanded is None:
            raise wrong_type(cls.words)
        return expanded

    @model_serializer(mode="wrap")
    def _contract(self, plain: SerializerFunctionWrapHandler) -> Any:
        short = self.contract()
        return plain(self) if short is None else short

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        long = handler.resolve_ref_schema(handler(core))
        about: dict[str, Any] = {key: long.pop(key, "") for key in ("title", "description")}
        return {**about, "anyOf": [dict(cls.short), long]}
