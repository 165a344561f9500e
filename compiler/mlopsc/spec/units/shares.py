"""Shares, rates and differences: what `5%` and `0.05` mean, and where each may stand."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from pydantic_core import PydanticCustomError

from mlopsc.spec.faults import fault, shown, wrong_type
from mlopsc.spec.units.numbers import is_number
from mlopsc.spec.units.text import exactly
from mlopsc.spec.units.written import Written

_DIGITS = r"(?:0|[1-9][0-9]{0,1})(?:\.[0-9]{1,6})?"
_PERCENT = rf"(?:{_DIGITS}|100(?:\.0{{1,6}})?)%"
_ABOVE_0 = rf"(?!0(?:\.0+)?%){_PERCENT}"
_INSIDE = rf"(?!0(?:\.0+)?%){_DIGITS}%"
ANY_PERCENT = r"(?!0(?:\.0+)?%)(?:0|[1-9][0-9]{0,5})(?:\.[0-9]{1,6})?%"


@dataclass(frozen=True, slots=True)
class Percentage(Written):
    """A part of a whole; `value` lies in 0..1."""

    pattern: ClassVar[str]
    fractions: ClassVar[bool] = False
    zero: ClassVar[bool] = False
    value: float
    text: str | int | float

    @classmethod
    def read(cls, raw: Any) -> Self:
        """Return the share; raises M202 or M207."""
        if isinstance(raw, str) and re.fullmatch(cls.pattern, raw):
            return cls(float(raw[:-1]) / 100, raw)
        if cls.fractions and is_number(raw) and (0 < raw < 1 or (cls.zero and raw == 0)):
            return cls(float(raw), raw)
        raise cls.refusal(raw)

    @classmethod
    def refusal(cls, raw: Any) -> PydanticCustomError:
        """Return why `raw` is none."""
        if not isinstance(raw, str) and not is_number(raw):
            return wrong_type(cls.words)
        return fault("M207", f"{shown(raw)} is not {cls.words}", _hint(cls, raw))

    def written(self) -> str | int | float:
        """Return the share as it stood in the spec."""
        return self.text


class Share(Percentage):
    """A share such as `5%`, above 0 and up to 100 %."""

    __slots__ = ()
    words = "a share such as `5%`, above 0% and up to 100%"
    pattern = _ABOVE_0
    json: ClassVar[dict[str, Any]] = {"type": "string", "pattern": exactly(_ABOVE_0), "examples": ["5%"]}


class Ratio(Percentage):
    """A rate: `1%`, or a fraction below 1."""

    __slots__ = ()
    words = "a rate such as `1%` or `0.01`"
    pattern = _PERCENT
    fractions = True
    zero = True
    json: ClassVar[dict[str, Any]] = {
        "anyOf": [
            {"type": "string", "pattern": exactly(_PERCENT)},
            {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
        ],
        "examples": ["1%", 0.01],
    }


class Probability(Percentage):
    """A probability strictly between 0 and 1."""

    __slots__ = ()
    words = "a probability such as `0.05` or `5%`, between 0 and 1"
    pattern = _INSIDE
    fractions = True
    json: ClassVar[dict[str, Any]] = {
        "anyOf": [
            {"type": "string", "pattern": exactly(_INSIDE)},
            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        ],
        "examples": [0.05, "5%"],
    }


def _hint(kind: type[Percentage], raw: str | int | float) -> str:
    if isinstance(raw, str):
        number = re.fullmatch(r"0*([0-9]+(?:\.[0-9]+)?)\s*(?:%|percent|per ?cent)?", raw.strip())
        proposed, both = f"{number[1]}%" if number else "", ""
    elif raw >= 1:
        proposed, both = f"{raw:g}%", f"; as a fraction `{raw:g}` would be {raw * 100:g}%"
    else:
        proposed, both = f"{raw * 100:g}%", ""
    if re.fullmatch(kind.pattern, proposed):
        return f"write `{proposed}`{both}"
    return "a number and `%`, e.g. `5%`"
