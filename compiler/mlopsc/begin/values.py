"""What a text in a csv cell is: a null, a number, a boolean, a time, or text.

The rules are those of the generated `ops/tables.py`, or stricter: a value that pandas may read in
another way counts as text, so that the data passes what is proposed.
"""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from math import isfinite
from typing import Literal

Logical = Literal["integer", "number", "string", "boolean", "timestamp"]

# In a column of text only an empty cell is a null: NA may be Namibia.
NULLS = frozenset(("", "NA", "N/A", "n/a", "NaN", "nan", "-nan", "null", "NULL", "None", "<NA>", "#N/A"))

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,18})")
_FRACTION = re.compile(r"[-+]?(?=[0-9.]*[.eE])([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
# What pandas can hold in nanoseconds: 1677-09-21 to 2262-04-11.
_YEARS = range(1678, 2262)


def logical_type(values: Collection[str]) -> Logical | None:
    """Return the narrowest logical type of all values that are no nulls; None when there are none."""
    some = [value for value in values if value not in NULLS]
    if not some:
        return None
    if all(map(_is_integer, some)):
        return "integer"
    if all(map(_is_number, some)):
        return "number"
    if all(value.lower() in ("true", "false") for value in some):
        return "boolean"
    return "timestamp" if all(map(_is_time, some)) else "string"


def is_header(cells: Sequence[str]) -> bool:
    """Say whether a first line names columns: at least one cell that is no value of another type."""
    return any(cell and logical_type([cell]) in ("string", None) for cell in cells)


def _is_integer(text: str) -> bool:
    # A leading zero, or more digits than a machine word has, means a code, such as a postcode.
    return bool(_INTEGER.fullmatch(text)) and abs(int(text)) < 2**63


def _is_number(text: str) -> bool:
    return _is_integer(text) or (bool(_FRACTION.fullmatch(text)) and isfinite(float(text)))


def _is_time(text: str) -> bool:
    if not _TIME.fullmatch(text):
        return False
    try:
        return datetime.fromisoformat(text).year in _YEARS
    except ValueError:
        return False
