"""The profile of a data file as a `validation` section, each line to be checked by a person."""

import re
from collections.abc import Iterator

from mlopsc.begin.profile import Rules, profile
from mlopsc.begin.table import Table, UnusableData
from mlopsc.languages.characters import escape
from mlopsc.languages.yaml import encode
from mlopsc.spec.units.text import LINE

MARK = "# check me"

# A YAML reader gives up on longer keys (yaml.org/spec/1.2.2, chapter 7.4.2: 1024 characters).
_LONGEST_KEY = 1000
_WIDTH = 76


def usable(rules: Rules) -> bool:
    """Say whether a spec can name the column."""
    return bool(re.fullmatch(LINE.pattern, rules.name)) and len(encode(rules.name)) <= _LONGEST_KEY


def validation(table: Table) -> str:
    """Return the text of a section that the table passes.

    Raises `UnusableData` when no column has a name that a spec can hold.
    """
    found = profile(table)
    if not any(map(usable, found)):
        raise UnusableData("the data has no column with a name that a spec can hold: name its columns")
    seen = f"the {table.rows:,} rows" if table.whole else f"the first {table.rows:,} rows"
    lines = [
        f"# Level 1: what must hold of the data, proposed from {seen} that were there.",
        "validation:",
        _marked(f"  rows: {{min: {_leading_digit(table.rows)}}}"),
        "  columns:  # a listed column must exist",
        *(_line(place, rules) for place, rules in enumerate(found, 1)),
    ]
    return "".join(f"{line}\n" for line in lines)


def _line(place: int, rules: Rules) -> str:
    if not usable(rules):
        name = f"({escape(rules.name[:60])})" if rules.name.strip() else "(blank)"
        return f"    # column {place} {name} is left out: a spec cannot hold its name"
    held = ", ".join(_written(rules))
    return _marked(f"    {encode(rules.name)}: {{{held}}}") + ("" if rules.type else ": it has no value yet")


def _written(rules: Rules) -> Iterator[str]:
    if rules.type is None:
        yield "nulls: allowed"
        return
    yield f"type: {rules.type}"
    if rules.nulls != "allowed":
        yield f"nulls: {rules.nulls}"
    if rules.unique:
        yield "unique: true"
    if rules.between:
        yield f"between: {encode(rules.between)}"
    if rules.allowed:
        yield f"in: {encode(rules.allowed)}"
    if rules.matches:
        yield f"matches: {encode(rules.matches)}"


def _marked(line: str) -> str:
    return f"{line.ljust(_WIDTH)}  {MARK}"


def _leading_digit(count: int) -> int:
    digits = str(count)
    return int(digits[0].ljust(len(digits), "0"))
