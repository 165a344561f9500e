"""The settings of plug-ins: read by their own models, complained about like ours."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from mlopsc.diagnostics import Path, Rejected
from mlopsc.spec.complaints import complaints


def read_settings(kind: type[BaseModel], written: Mapping[str, Any], at: Path) -> BaseModel:
    """Return a plug-in's settings; raises `Rejected` (M2xx, not yet placed) with every fault."""
    try:
        return kind.model_validate(written)
    except ValidationError as error:
        raise Rejected(complaints(error, at, kind)) from None
