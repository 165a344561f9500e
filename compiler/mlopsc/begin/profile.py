"""What is true of the columns of a table, put into the rules that a spec can state."""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Any

from mlopsc.begin.table import Table
from mlopsc.begin.values import NULLS, Logical, logical_type

EMAIL = r"^[^@\s]+@[^@\s]+$"

# A column of text is a category when its values are few and each one is met several times.
_MOST_CATEGORIES = 12
_ROWS_PER_CATEGORY = 3
_LONGEST_CATEGORY = 40

_IDENTIFIES = re.compile(r"(?i:(^|.*[\W_])(id|uuid|guid|key))|.*[a-z](Id|ID)")
# Enough digits for every double and every 64-bit integer.
_EXACT = Context(prec=400)

Number = int | float


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds of one column; `nulls` is a share as a spec writes it, None where no value was seen."""

    name: str
    type: Logical | None
    nulls: str | None = None
    unique: bool = False
    between: tuple[Number, Number] | None = None
    allowed: tuple[str, ...] = ()
    matches: str = ""


def profile(table: Table) -> tuple[Rules, ...]:
    """Return the rules of each column, in the order of the table."""
    return tuple(_rules(name, cells) for name, cells in zip(table.names, table.columns, strict=True))


def _rules(name: str, cells: tuple[str, ...]) -> Rules:
    kind = logical_type(cells)
    if kind is None:
        return Rules(name, None)
    values = [cell for cell in cells if cell not in ({""} if kind == "string" else NULLS)]
    unique = _identifies(name, kind, values, len(cells))
    rules = Rules(name, kind, _nulls(len(cells) - len(values), len(cells)), unique)
    if unique:
        return rules
    if kind in ("integer", "number"):
        return replace(rules, between=_between(values))
    return replace(rules, **_of_text(values)) if kind == "string" else rules


def _of_text(values: Collection[str]) -> dict[str, Any]:
    if allowed := _categories(values):
        return {"allowed": allowed}
    return {"matches": EMAIL} if all(re.match(EMAIL, value) for value in values) else {}


def _nulls(count: int, rows: int) -> str:
    share = 100 * count // rows + 1
    return "forbidden" if not count else f"{share}%" if share < 100 else "allowed"


def _identifies(name: str, kind: Logical, values: list[str], rows: int) -> bool:
    if kind not in ("integer", "string") or not _IDENTIFIES.fullmatch(name):
        return False
    return len(set(map(int, values) if kind == "integer" else values)) == rows


def _categories(values: Collection[str]) -> tuple[str, ...]:
    found = set(values)
    few = len(found) <= _MOST_CATEGORIES and len(found) * _ROWS_PER_CATEGORY <= len(values)
    short = all(value.isprintable() and len(value) <= _LONGEST_CATEGORY for value in found)
    return tuple(sorted(found)) if few and short else ()


def _between(values: Collection[str]) -> tuple[Number, Number] | None:
    """Return bounds rounded outwards to the leading digit of their distance; None beyond every double."""
    numbers = [Decimal(value) for value in values]
    low, high = min(numbers), max(numbers)
    reach = _EXACT.subtract(high, low) or abs(high) or Decimal(1)
    step = Decimal(1).scaleb(reach.adjusted())
    bounds = _rounded(low, step, ROUND_FLOOR), _rounded(high, step, ROUND_CEILING)
    return bounds if all(map(math.isfinite, bounds)) else None


def _rounded(number: Decimal, step: Decimal, way: str) -> Number:
    steps = _EXACT.divide(number, step).to_integral_value(way)
    bound = _EXACT.multiply(steps, step)
    return int(bound) if bound == bound.to_integral_value() and abs(bound) < 2**63 else float(bound)
