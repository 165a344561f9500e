"""Which columns a spec knows, and what they are to a model."""

from typing import TYPE_CHECKING

from mlopsc.begin.values import Logical

if TYPE_CHECKING:
    from mlopsc.spec import Spec
    from mlopsc.spec.validation import Column


def inputs(spec: "Spec") -> dict[str, Logical]:
    """Return the columns that a model may learn from, with their types.

    They are those that validation lists, without keys, times, targets, and text of a fixed form.
    """
    data = spec.data
    known = {data.id, data.timestamp, data.target} if data else set()
    listed = spec.validation.columns if spec.validation else {}
    useful = {name: c for name, c in listed.items() if name not in known and not (c.unique or c.matches)}
    return {name: _type(column) for name, column in useful.items()}


def numeric(spec: "Spec") -> list[str]:
    """Return the inputs that hold numbers."""
    return [name for name, kind in inputs(spec).items() if kind in ("integer", "number")]


def categories(spec: "Spec") -> list[str]:
    """Return the inputs that validation restricts to some values."""
    listed = spec.validation.columns if spec.validation else {}
    return [name for name in inputs(spec) if listed[name].in_ and name not in numeric(spec)]


def identifier(spec: "Spec") -> str:
    """Return the column that names the entity: `data.id`, or the first that is unique, or `id`."""
    if spec.data and spec.data.id:
        return spec.data.id
    listed = spec.validation.columns if spec.validation else {}
    return next((name for name, column in listed.items() if column.unique), "id")


def _type(column: "Column") -> Logical:
    if column.type:
        return column.type
    bounds = column.between or (column.min, column.max)
    if any(isinstance(bound, str) for bound in bounds):
        return "timestamp"
    return "string" if bounds == (None, None) else "number"
