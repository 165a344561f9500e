"""Level 1: what the data must look like before anything trains on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlopsc.model.when import When


@dataclass(frozen=True, slots=True)
class Column:
    """Checks of one column; shares are fractions, `nulls` is the largest share that may be null."""

    name: str
    type: str
    nulls: float
    unique: bool
    low: float | int | str | None
    high: float | int | str | None
    allowed: tuple[Any, ...]
    matches: str
    mostly: float


@dataclass(frozen=True, slots=True)
class Validation:
    """Level 1: what the data must look like before anything trains on it."""

    min_rows: int | None
    max_rows: int | None
    columns: tuple[Column, ...]
    expectations: tuple[Mapping[str, Any], ...]
    on_failure: str
    schedule: When | None
