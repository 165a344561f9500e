"""Figures that may be a number or a percentage: differences, levels, thresholds."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from mlopsc.spec.faults import fault, shown, wrong_type
from mlopsc.spec.units.durations import MILLISECONDS, SHORT, seconds
from mlopsc.spec.units.numbers import is_number
from mlopsc.spec.units.shares import ANY_PERCENT
from mlopsc.spec.units.text import exactly
from mlopsc.spec.units.written import Written

_PERCENT = r"(?:0|[1-9][0-9]{0,5})(?:\.[0-9]{1,6})?%"


@dataclass(frozen=True, slots=True)
class Change(Written):
    """A difference: a number is absolute, a percentage relative to the value compared with."""

    words: ClassVar[str] = "a difference: a number (absolute) or a percentage (relative), above 0"
    story: ClassVar[str] = "compared with 0.90, `0.05` is a difference of 0.05 and `5%` one of 0.045"
    json: ClassVar[dict[str, Any]] = {
        "anyOf": [
            {"type": "number", "exclusiveMinimum": 0},
            {"type": "string", "pattern": exactly(ANY_PERCENT)},
        ],
        "examples": [0.005, "2%"],
    }
    amount: float
    relative: bool
    text: str | int | float

    @classmethod
    def read(cls, raw: Any) -> Self:
        """Return the difference; raises M202 or M211."""
        if is_number(raw) and raw > 0:
            return cls(float(raw), False, raw)
        if isinstance(raw, str) and re.fullmatch(ANY_PERCENT, raw):
            return cls(float(raw[:-1]) / 100, True, raw)
        if isinstance(raw, str) or is_number(raw):
            hint = "`0.005` is an absolute difference, `2%` a relative one"
            raise fault("M211", f"{shown(raw)} is not {cls.words}", hint)
        raise wrong_type(cls.words)

    def absolute(self, base: float) -> float:
        """Return the difference in the unit of `base`, the value that is compared with."""
        return self.amount * abs(base) if self.relative else self.amount

    def written(self) -> str | int | float:
        """Return the difference as it stood in the spec."""
        return self.text


@dataclass(frozen=True, slots=True)
class Figure(Written):
    """A level: a number, or a percentage, which is the number divided by 100."""

    words: ClassVar[str] = "a number or a percentage"
    examples: ClassVar[str] = "`0.9`, `90%`"
    pattern: ClassVar[str] = _PERCENT
    json: ClassVar[dict[str, Any]] = {
        "anyOf": [{"type": "number"}, {"type": "string", "pattern": exactly(_PERCENT)}],
        "examples": [0.9, "90%"],
    }
    value: float
    unit: Literal["number", "share", "seconds"]
    text: str | int | float

    @classmethod
    def read(cls, raw: Any) -> Self:
        """Return the figure; raises M202 or M213."""
        if is_number(raw):
            return cls(float(raw), "number", raw)
        if not isinstance(raw, str):
            raise wrong_type(cls.words)
        if not re.fullmatch(cls.pattern, raw):
            raise fault("M213", f"{shown(raw)} is not {cls.words}", f"e.g. {cls.examples}")
        if raw.endswith("%"):
            return cls(float(raw[:-1]) / 100, "share", raw)
        return cls(seconds(raw), "seconds", raw)

    def written(self) -> str | int | float:
        """Return the figure as it stood in the spec."""
        return self.text


class Threshold(Figure):
    """A level of an exported metric: also a time such as `200ms`."""

    __slots__ = ()
    words: ClassVar[str] = "a number, a percentage or a time such as `200ms`"
    examples: ClassVar[str] = "`0.1`, `1%`, `200ms`"
    pattern: ClassVar[str] = rf"{_PERCENT}|{MILLISECONDS}|{SHORT}"
    json: ClassVar[dict[str, Any]] = {
        "anyOf": [{"type": "number"}, {"type": "string", "pattern": exactly(pattern)}],
        "examples": [0.1, "1%", "200ms"],
    }
