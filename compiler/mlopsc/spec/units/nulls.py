"""How many nulls a column may have."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from mlopsc.spec.faults import fault, shown
from mlopsc.spec.suggest import did_you_mean
from mlopsc.spec.units.shares import Ratio
from mlopsc.spec.units.written import Written

_SHARES = {"forbidden": 0.0, "allowed": 1.0}


@dataclass(frozen=True, slots=True)
class Nulls(Written):
    """`forbidden`, `allowed`, or the highest share of nulls; `share` is that in 0..1."""

    words: ClassVar[str] = "`forbidden`, `allowed`, or a share such as `1%`"
    json: ClassVar[dict[str, Any]] = {
        "anyOf": [{"enum": list(_SHARES)}, *Ratio.json["anyOf"]],
        "examples": ["forbidden", "1%"],
    }
    share: float
    text: str | int | float

    @classmethod
    def read(cls, raw: Any) -> Self:
        """Return the limit; raises M202, M203 or M207."""
        if isinstance(raw, str) and raw in _SHARES:
            return cls(_SHARES[raw], raw)
        if isinstance(raw, str) and raw[:1].isalpha():
            hint = did_you_mean(raw, _SHARES) or f"write {cls.words}"
            raise fault("M203", f"{shown(raw)} is not {cls.words}", hint)
        return cls(Ratio.read(raw).value, raw)

    def written(self) -> str | int | float:
        """Return the limit as it stood in the spec."""
        return self.text
