"""What targets read: the spec with every default decided and every environment laid over it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class When:
    """A schedule: five cron fields in the model's time zone, and the same in words."""

    cron: str
    words: str


@dataclass(frozen=True, slots=True)
class Python:
    """The interpreter of the generated repository, and the user's own requirements (a path or "")."""

    version: str
    requirements: str


@dataclass(frozen=True, slots=True)
class Data:
    """The training data: a file, glob, folder or URL, and how it is stored (csv or parquet)."""

    path: str
    format: str
    protocol: str
    incoming: str
    id: str
    timestamp: str
    target: str


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


@dataclass(frozen=True, slots=True)
class Model:
    """One model, or a house spec (then `name` is empty and only the repository's singletons are made).

    `sections` are the sections that the spec has; `environments` the names of its environments.
    """

    spec: str
    name: str
    owner: str
    description: str
    python: Python
    scheduler: str
    timezone: str
    data: Data
    validation: Validation | None
    sections: frozenset[str] = frozenset()
    environments: tuple[str, ...] = ()
    plugins: Mapping[str, Any] = field(default_factory=dict)
    singletons: bool = False

    @property
    def runs_cron(self) -> bool:
        """Whether this repository installs scheduled work into a crontab."""
        return self.scheduler == "cron" and self.scheduled

    @property
    def scheduled(self) -> bool:
        """Whether some section has a schedule."""
        return self.validation is not None and self.validation.schedule is not None
