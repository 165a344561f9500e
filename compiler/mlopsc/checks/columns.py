"""Checks of columns: each can be met, fits the column's type, and does something."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mlopsc import defaults
from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View

if TYPE_CHECKING:
    from mlopsc.spec.validation import Column

Bound = int | float | str | None

_FITS: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
}


def something(view: View) -> Iterator[Diagnostic]:
    """A validation checks something (M306)."""
    written = view.spec.validation
    if written is None:
        return
    rows = written.rows and (written.rows.min is not None or written.rows.max is not None)
    if not rows and not written.columns and not written.expectations:
        hint = "add `rows: {min: 1}` or name the columns that must exist: `columns: {age: {}}`"
        yield Diagnostic("M306", "`validation` checks nothing", ("validation",), hint=hint)


def rows(view: View) -> Iterator[Diagnostic]:
    """The table can have as many rows as it must (M305)."""
    written = view.spec.validation.rows if view.spec.validation else None
    if written and written.min is not None and written.max is not None and written.min > written.max:
        message = f"no table has at least {written.min} and at most {written.max} rows"
        yield Diagnostic("M305", message, ("validation", "rows", "min"), hint="exchange `min` and `max`?")


def columns(view: View) -> Iterator[Diagnostic]:
    """Each column's checks go together (M304, M305, M307, M308, M321)."""
    for name, column in (view.spec.validation.columns if view.spec.validation else {}).items():
        at = ("validation", "columns", name)
        yield from _bounds(column, at)
        yield from _typed(column, at)
        yield from _members(column, at)
        yield from _mostly(column, at)


def _bounds(column: "Column", at: Path) -> Iterator[Diagnostic]:
    if column.between and (column.min is not None or column.max is not None):
        hint = "keep `between`, or `min` and `max`"
        yield Diagnostic(
            "M304", "`between` says what `min` and `max` say", (*at, "between"), hint=hint, on_key=True
        )
        return
    low, high = column.between or (column.min, column.max)
    wrong = [key for key, bound in _places(column) if isinstance(bound, str) and _moment(bound) is None]
    for key in wrong:
        hint = "write a date of the calendar, e.g. '2026-01-31' or '2026-01-31T06:00:00Z'"
        yield Diagnostic("M321", "there is no such date", (*at, *key), hint=hint)
    if low is None or high is None or wrong:
        return
    if isinstance(low, str) != isinstance(high, str):
        hint = "write two numbers or two dates"
        yield Diagnostic(
            "M321", f"`{low}` and `{high}` cannot be compared", (*at, *_places(column)[0][0]), hint=hint
        )
    elif _comparable(low) > _comparable(high):
        message = f"no value is at least {low} and at most {high}"
        yield Diagnostic("M305", message, (*at, *_places(column)[0][0]), hint="exchange the two bounds?")


def _typed(column: "Column", at: Path) -> Iterator[Diagnostic]:
    kind = defaults.column_type(column)
    if not kind:
        return
    if column.matches and kind != "string":
        hint = "remove `matches`, or say `type: string`"
        yield Diagnostic(
            "M321", f"`matches` is for text, and this column is {_a(kind)}", (*at, "matches"), hint=hint
        )
    for key, bound in _places(column):
        wrong = kind in ("string", "boolean") or isinstance(bound, str) != (kind == "timestamp")
        if bound is not None and wrong:
            yield Diagnostic(
                "M321", f"`{bound}` is no bound for {_a(kind)} column", (*at, *key), hint=_BOUNDS[kind]
            )
    for index, value in enumerate(column.in_ or ()):
        if not _fits(value, kind):
            message = f"`{_yaml(value)}` is no value of {_a(kind)} column"
            hint = f"quote it: '{_yaml(value)}'" if kind == "string" else "remove it, or correct `type`"
            yield Diagnostic("M321", message, (*at, "in", index), hint=hint)


def _fits(value: Any, kind: str) -> bool:
    if kind == "timestamp":
        return isinstance(value, str) and _moment(value) is not None
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _FITS[kind]) and isinstance(value, bool) == (kind == "boolean")


def _members(column: "Column", at: Path) -> Iterator[Diagnostic]:
    seen: list[Any] = []
    for index, value in enumerate(column.in_ or ()):
        if (type(value), value) in seen:
            yield Diagnostic(
                "M308", f"`{_yaml(value)}` is listed twice", (*at, "in", index), hint="remove one"
            )
        seen.append((type(value), value))


def _mostly(column: "Column", at: Path) -> Iterator[Diagnostic]:
    checked = column.unique or column.in_ or column.matches or any(b is not None for _, b in _places(column))
    if column.mostly is not None and not checked:
        hint = "for nulls write `nulls: 1%`; or add `between`, `in`, `matches` or `unique`"
        message = "`mostly` has no effect: the column has no check of its values"
        yield Diagnostic("M307", message, (*at, "mostly"), hint=hint, on_key=True)


def _places(column: "Column") -> list[tuple[Path, Bound]]:
    if column.between:
        return [(("between", 0), column.between[0]), (("between", 1), column.between[1])]
    return [((key,), bound) for key, bound in (("min", column.min), ("max", column.max)) if bound is not None]


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _comparable(bound: Bound) -> Any:
    return _moment(bound) if isinstance(bound, str) else bound


def _a(kind: str) -> str:
    return f"an {kind}" if kind == "integer" else f"a {kind}"


def _yaml(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_BOUNDS = {
    "integer": "write a number",
    "number": "write a number",
    "string": "use `in` or `matches` for text",
    "boolean": "use `in: [true]` for true and false",
    "timestamp": "write a date, e.g. '2026-01-31'",
}

RULES = (something, rows, columns)
