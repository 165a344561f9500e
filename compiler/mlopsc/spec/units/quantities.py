"""Kubernetes quantities of processor and memory."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from mlopsc.spec.faults import fault, is_text_or_number, shown, wrong_type
from mlopsc.spec.units.numbers import is_number
from mlopsc.spec.units.text import exactly
from mlopsc.spec.units.written import Written

_BYTES = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


@dataclass(frozen=True, slots=True)
class Cpu(Written):
    """Processor time: `250m` is a quarter of a core, `2` are two."""

    words: ClassVar[str] = "an amount of processor such as `250m`, `0.5` or `2`"
    pattern: ClassVar[str] = r"[1-9][0-9]{0,6}m|(?=[0-9.]*[1-9])(?:0|[1-9][0-9]{0,3})(?:\.[0-9]{1,3})?"
    json: ClassVar[dict[str, Any]] = {
        "anyOf": [
            {"type": "string", "pattern": exactly(pattern)},
            {"type": "number", "minimum": 0.001, "maximum": 9999},
        ],
        "examples": ["250m", 2],
    }
    cores: float
    text: str | int | float

    @classmethod
    def read(cls, raw: Any) -> Self:
        """Return the amount; raises M202 or M213."""
        if is_number(raw) and 0.001 <= raw <= 9999:
            return cls(float(raw), raw)
        if isinstance(raw, str) and re.fullmatch(cls.pattern, raw):
            return cls(int(raw[:-1]) / 1000 if raw.endswith("m") else float(raw), raw)
        if not is_text_or_number(raw):
            raise wrong_type(cls.words)
        raise fault("M213", f"{shown(raw)} is not {cls.words}", "`1000m` is one core")

    def written(self) -> str | int | float:
        """Return the amount as it stood in the spec."""
        return self.text


@dataclass(frozen=True, slots=True)
class Memory(Written):
    """Memory: `512Mi`, `1Gi`; the unit is always written."""

    words: ClassVar[str] = "an amount of memory such as `512Mi` or `1Gi`"
    pattern: ClassVar[str] = r"(?=[0-9.]*[1-9])(?:0|[1-9][0-9]{0,6})(?:\.[0-9]{1,3})?(?:[KMGT]i|[kMGT])"
    json: ClassVar[dict[str, Any]] = {
        "type": "string",
        "pattern": exactly(pattern),
        "examples": ["512Mi", "1Gi"],
    }
    bytes: int
    text: str

    @classmethod
    def read(cls, raw: Any) -> Self:
        """Return the amount; raises M202 or M213."""
        if isinstance(raw, str) and re.fullmatch(cls.pattern, raw):
            number = raw.rstrip("kKMGTi")
            return cls(round(float(number) * _BYTES[raw[len(number) :]]), raw)
        if not is_text_or_number(raw):
            raise wrong_type(cls.words)
        raise fault("M213", f"{shown(raw)} is not {cls.words}", _hint(raw))

    def written(self) -> str:
        """Return the amount as it stood in the spec."""
        return self.text


def _hint(raw: str | int | float) -> str:
    if isinstance(raw, str) and re.fullmatch(r"[0-9.]+m", raw):
        return f"`m` means thousandths of a byte: write `{raw[:-1]}Mi`"
    found = re.fullmatch(r"([0-9.]+)\s*([KMGT])i?B?", str(raw), re.IGNORECASE)
    if found:
        return f"write `{found[1]}{found[2].upper()}i`"
    return "name the unit: `512Mi`, `1Gi`"
