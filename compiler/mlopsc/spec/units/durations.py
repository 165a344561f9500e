"""Spans of time, and how often something happens in one."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from mlopsc.spec.faults import fault, is_text_or_number, shown, wrong_type
from mlopsc.spec.units.text import exactly
from mlopsc.spec.units.written import Written

SHORT = r"[1-9][0-9]{0,4}[smhd]"
MILLISECONDS = r"[1-9][0-9]{0,4}ms"
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_CALLED = (
    ("ms", r"ms|milliseconds?"),
    ("s", r"s|secs?|seconds?"),
    ("m", r"m|mins?|minutes?"),
    ("h", r"h|hrs?|hours?"),
    ("d", r"d|days?"),
)


def seconds(text: str) -> float:
    """Return the length of a written duration in seconds."""
    unit = text.lstrip("0123456789")
    return int(text[: -len(unit)]) * _SECONDS[unit]


@dataclass(frozen=True, slots=True)
class Duration(Written):
    """A span of time: a whole number and `s`, `m`, `h` or `d`."""

    words: ClassVar[str] = "a duration such as `30s`, `10m`, `6h` or `7d`"
    pattern: ClassVar[str] = SHORT
    json: ClassVar[dict[str, Any]] = {"type": "string", "pattern": exactly(SHORT), "examples": ["10m", "7d"]}
    seconds: float
    text: str

    @classmethod
    def read(cls, raw: Any) -> Self:
        """Return the duration; raises M202 or M208."""
        if isinstance(raw, str) and re.fullmatch(cls.pattern, raw):
            return cls(seconds(raw), raw)
        if not is_text_or_number(raw):
            raise wrong_type(cls.words)
        raise fault("M208", f"{shown(raw)} is not {cls.words}", _hint(cls, raw))

    def written(self) -> str:
        """Return the duration as it stood in the spec."""
        return self.text


class Latency(Duration):
    """How long an answer takes: a whole number and `ms` or `s`."""

    __slots__ = ()
    words: ClassVar[str] = "a latency such as `200ms` or `2s`"
    pattern: ClassVar[str] = r"[1-9][0-9]{0,4}m?s"
    json: ClassVar[dict[str, Any]] = {"type": "string", "pattern": exactly(pattern), "examples": ["200ms"]}


@dataclass(frozen=True, slots=True)
class Throughput(Written):
    """How often something happens: `20/s`; `per_second` is the same in one unit."""

    words: ClassVar[str] = "a rate such as `20/s`, `5/m` or `100/h`"
    pattern: ClassVar[str] = r"(?=[0-9.]*[1-9])(?:0|[1-9][0-9]{0,7})(?:\.[0-9]{1,3})?/[smh]"
    json: ClassVar[dict[str, Any]] = {"type": "string", "pattern": exactly(pattern), "examples": ["20/s"]}
    per_second: float
    text: str

    @classmethod
    def read(cls, raw: Any) -> Self:
        """Return the rate; raises M202 or M213."""
        if isinstance(raw, str) and re.fullmatch(cls.pattern, raw):
            amount, unit = raw.split("/")
            return cls(float(amount) / _SECONDS[unit], raw)
        if not is_text_or_number(raw):
            raise wrong_type(cls.words)
        raise fault("M213", f"{shown(raw)} is not {cls.words}", _rate_hint(raw))

    def written(self) -> str:
        """Return the rate as it stood in the spec."""
        return self.text


def _rate_hint(raw: str | int | float) -> str:
    text = str(raw).strip().lower()
    if re.fullmatch(r"[0-9]+(?:\.[0-9]{1,3})?", text):
        return "say per what: " + ", ".join(f"`{text}/{unit}`" for unit in "smh")
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]{1,3})?)\s*(?:/|per|a)\s*([a-z]+)", text)
    for unit, called in _CALLED:
        if found and unit in "smh" and re.fullmatch(called, found[2]):
            return f"write `{found[1]}/{unit}`"
    return "a number and `/s`, `/m` or `/h`, without a blank"


def _hint(kind: type[Duration], raw: str | int | float) -> str:
    units = ("ms", "s") if kind is Latency else ("s", "m", "h", "d")
    text = str(raw).strip().lower()
    if re.fullmatch(r"[1-9][0-9]{0,4}", text):
        return "say of what: " + ", ".join(f"`{text}{unit}`" for unit in units)
    found = re.fullmatch(r"([1-9][0-9]{0,4})\s*([a-z]+)", text)
    for unit, called in _CALLED:
        if found and unit in units and re.fullmatch(called, found[2]):
            return f"write `{found[1]}{unit}`"
    if found and re.fullmatch("w|weeks?", found[2]) and "d" in units:
        return f"write `{int(found[1]) * 7}d`"
    return f"a whole number and {' or '.join(f'`{unit}`' for unit in units)}, without a blank"
