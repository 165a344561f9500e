"""What a target writes: a path, who owns it, and how its content comes about."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlopsc.diagnostics import Path
from mlopsc.symbols import Need


class Place(enum.Enum):
    """Where a path is rooted."""

    MODEL = "beside the spec"
    ROOT = "at the repository root"


class Ownership(enum.Enum):
    """Who may change a file after it was written."""

    GENERATED = "rewritten by compile while unedited"
    STARTER = "written once by init and add, then the user's"


def lines(texts: Iterable[str]) -> str:
    """Return texts as one value of several lines."""
    return "\n".join(texts)


@dataclass(frozen=True, slots=True)
class Template:
    """Text made from `templates/<name>.j2`, one encoded value per hole."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verbatim:
    """The bytes of `templates/<name>`, which has no holes."""

    name: str


@dataclass(frozen=True, slots=True)
class Data:
    """A value written as JSON."""

    value: Any


@dataclass(frozen=True, slots=True)
class File:
    """One file of the generated repository.

    `yields` marks a file that gives way in silence to a foreign file of the same path, and is
    the line that the foreign file should then hold, or empty.
    """

    path: str
    content: Template | Verbatim | Data
    place: Place = Place.MODEL
    ownership: Ownership = Ownership.GENERATED
    needs: tuple[Need, ...] = ()
    at: Path = ()
    executable: bool = False
    yields: str | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A file with its bytes; `target` is the one that wrote it."""

    file: File
    content: bytes
    target: str = ""
