"""The fields of a request: what each may hold, and what is said when it holds something else.

A whole number may be written 40 or 40.0; true is no number, and "40" is text. Times are ISO 8601, in
UTC where they name no offset. Null is taken where the model's own column can hold a missing value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from refusal import RefusedError, shown

WORDS = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "timestamp": "a time as in ISO 8601, YYYY-MM-DDThh:mm:ssZ",
}
# Nanoseconds since 1970 in 64 bits, as pandas and MLflow keep times.
FIRST, LAST = datetime(1677, 9, 22, tzinfo=UTC), datetime(2262, 4, 11, tzinfo=UTC)


@dataclass(frozen=True)
class Field:
    """One field: its logical type, whether it may be null or left out, and the bounds of a number."""

    name: str
    kind: str
    nullable: bool = False
    optional: bool = False
    low: float = -math.inf
    high: float = math.inf

    @property
    def wanted(self) -> str:
        """Return what the field may hold, in words."""
        return WORDS[self.kind] + (" or null" if self.nullable else "")

    def read(self, value: Any) -> Any:
        """Return the value in its type; raise ValueError, with what is wanted, for any other."""
        if value is None and self.nullable:
            return None
        try:
            found = _READERS[self.kind](value)
        except (ValueError, OverflowError, TypeError):
            raise ValueError(self.wanted) from None
        if self.kind in ("integer", "number") and not self.low <= found <= self.high:
            raise ValueError(f"{self.wanted} from {shown(self.low)} to {shown(self.high)}")
        return found


def rows(document: Any, fields: dict[str, Field], most: int) -> list[dict[str, Any]]:
    """Return the rows of a request, typed: one row, or {"rows": [...]}; raise RefusedError (422)."""
    given = document.get("rows") if isinstance(document, dict) and "rows" in document else [document]
    if not isinstance(document, dict) or not isinstance(given, list):
        raise RefusedError(422, 'the body must be one row, {"field": value}, or {"rows": [row, ...]}')
    if "rows" in document and len(document) > 1:
        raise RefusedError(422, "beside rows there can be nothing else")
    if not 1 <= len(given) <= most:
        raise RefusedError(422, f"there are {len(given)} rows; from 1 to {most} are answered at once")
    faults: list[dict[str, Any]] = []
    found = [_row(row, index, fields, faults) for index, row in enumerate(given)]
    if faults:
        count = f"{len(faults)} fields do" if len(faults) > 1 else "1 field does"
        raise RefusedError(422, f"{count} not hold what the model needs", faults)
    return found


def _row(row: Any, index: int, fields: dict[str, Field], faults: list[dict[str, Any]]) -> dict[str, Any]:
    if not isinstance(row, dict):
        wanted = f"an object with {_listed(fields)}"
        faults.append({"row": index, "field": None, "found": shown(row), "wanted": wanted})
        return {}
    found: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in row:
            if not field.optional:
                faults.append({"row": index, "field": name, "found": "nothing", "wanted": field.wanted})
            found[name] = None
            continue
        try:
            found[name] = field.read(row[name])
        except ValueError as fault:
            told = {"found": shown(row[name]), "wanted": str(fault)}
            faults.append({"row": index, "field": name, **told})
    for name in row.keys() - fields.keys():
        wanted = f"only {_listed(fields)}"
        faults.append({"row": index, "field": name[:80], "found": "an unknown field", "wanted": wanted})
    return found


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise ValueError
    if not -(2**63) <= value < 2**63 or (isinstance(value, float) and abs(value) > 2**53):
        raise ValueError
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError
    return float(value)


def _string(value: Any) -> str:
    # Half of a surrogate pair is no character: nothing could write it down.
    if not isinstance(value, str) or not value.encode("utf-8").decode("utf-8") == value:
        raise ValueError
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _timestamp(value: Any) -> datetime:
    found = datetime.fromisoformat(_string(value))
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    if not FIRST <= found <= LAST:
        raise ValueError
    return found


_READERS: dict[str, Callable[[Any], Any]] = {
    "integer": _integer,
    "number": _number,
    "string": _string,
    "boolean": _boolean,
    "timestamp": _timestamp,
}
