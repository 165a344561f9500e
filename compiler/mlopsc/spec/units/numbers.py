"""Plain numbers with a range, and the values that a column is compared with."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

from mlopsc.spec.faults import fault, shown, wrong_type
from mlopsc.spec.units.text import exactly
from mlopsc.spec.units.written import Form

_LARGEST = 10**12


def is_number(raw: Any) -> bool:
    """Say whether a value is a finite number; true and false are none."""
    return isinstance(raw, (int, float)) and not isinstance(raw, bool) and math.isfinite(raw)


@dataclass(frozen=True, slots=True)
class Whole(Form):
    """A whole number of at least `least`; 3.0 is one, as in JSON."""

    least: int
    words: str = "a whole number"
    title: str = ""

    def read(self, raw: Any) -> int:
        """Return the number; raises M202 when it is none, M205 when it is out of range."""
        if not is_number(raw) or raw != int(raw):
            raise wrong_type("a whole number")
        if not self.least <= raw <= _LARGEST:
            bound = f"at least {self.least}" if raw < self.least else f"at most {_LARGEST}"
            raise fault("M205", f"{shown(raw)} is out of range: it must be {bound}")
        return int(raw)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "integer", "minimum": self.least, "maximum": _LARGEST}


@dataclass(frozen=True, slots=True)
class OneOf(Form):
    """A value that stays as it is written, of one of several JSON types."""

    words: str
    json: tuple[dict[str, Any], ...] = field(hash=False)
    holds: Callable[[Any], bool]
    title: str = ""

    def read(self, raw: Any) -> Any:
        """Return the value; raises M202 when it is something else."""
        if not self.holds(raw):
            raise wrong_type(self.words)
        return raw

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return dict(self.json[0]) if len(self.json) == 1 else {"anyOf": [dict(kind) for kind in self.json]}


@dataclass(frozen=True, slots=True)
class _Positive(Form):
    words: str = "a number above 0"
    title: str = ""

    def read(self, raw: Any) -> float:
        """Return the number; raises M202 when it is none, M205 when it is out of range."""
        if not is_number(raw):
            raise wrong_type("a number")
        if not 0 < raw <= _LARGEST:
            bound = "more than 0" if raw <= 0 else f"at most {_LARGEST}"
            raise fault("M205", f"{shown(raw)} is out of range: it must be {bound}")
        return float(raw)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "number", "exclusiveMinimum": 0, "maximum": _LARGEST}


Count = Annotated[int, Whole(1)]
CountOrNone = Annotated[int, Whole(0)]
Positive = Annotated[float, _Positive()]

_TIME = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
_DATE = rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[T ]{_TIME})?"
Bound = Annotated[
    int | float | str,
    OneOf(
        "a number or a date such as '2026-01-31'",
        ({"type": "number"}, {"type": "string", "pattern": exactly(_DATE)}),
        lambda raw: is_number(raw) or (isinstance(raw, str) and re.fullmatch(_DATE, raw) is not None),
    ),
]
OnlyTrue = Annotated[bool, OneOf("`true`", ({"const": True},), lambda raw: raw is True)]
Member = Annotated[
    str | int | float | bool,
    OneOf(
        "text, a number, or true or false",
        ({"type": ["string", "number", "boolean"]},),
        lambda raw: isinstance(raw, (str, bool)) or is_number(raw),
    ),
]
