"""The model's signature: what a field of a request may hold, and the column that MLflow wants of it.

MLflow refuses a column of another type than the model was saved with, and a null in a column of whole
numbers or booleans. Without a signature the columns are what pandas makes of them: whole numbers
beside a null become floats.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from request_fields import Field

if TYPE_CHECKING:
    import pandas as pd

# By the name of MLflow's type (mlflow.types.DataType): the fields that fit, the numpy type, the bounds.
FITS: dict[str, tuple[tuple[str, ...], str, float]] = {
    "long": (("integer",), "int64", 0),
    "integer": (("integer",), "int32", 2**31 - 1),
    "double": (("integer", "number"), "float64", 0),
    "float": (("integer", "number"), "float32", 3.4028234663852886e38),
    "string": (("string",), "object", 0),
    "boolean": (("boolean",), "bool", 0),
    "datetime": (("timestamp",), "datetime64[ns]", 0),
}
# Types of tensors, by numpy's own names.
TENSORS = {"int64": "long", "int32": "integer", "float64": "double", "float32": "float", "bool": "boolean"}
WHOLE = ("long", "integer", "boolean")


# What a column is where no signature says it; whole numbers and booleans are as pandas makes them.
PLAIN = {"number": "double", "string": "string", "timestamp": "datetime"}


class Columns:
    """How rows of a request become the table that the model takes."""

    def __init__(self, inputs: dict[str, str], schema: Any) -> None:
        """Take the inputs of the spec and MLflow's schema of the model's, or None.

        Raises ValueError where they do not fit: every request would be refused, or bent.
        """
        wanted = _wanted(list(inputs), schema) if schema else {}
        known = {name: kind for name, (kind, _) in wanted.items()} if schema else {}
        optional = {name for name, (_, needed) in wanted.items() if not needed}
        complaints = [
            *(f"the model needs {name}, which is no input" for name in wanted.keys() - inputs - optional),
            *(
                f"{name} is {inputs[name]}, and {kind} in the model"
                for name, kind in known.items()
                if name in inputs and inputs[name] not in FITS.get(kind, ((),))[0]
            ),
        ]
        if complaints:
            raise ValueError(f"serving.inputs and the model do not fit: {'; '.join(sorted(complaints))}")
        # In the order of the model; what it does not know, it does not get.
        plain = {name: PLAIN.get(kind, "") for name, kind in inputs.items()}
        self.types = {name: kind for name, kind in (known if schema else plain).items() if name in inputs}
        self.fields = {
            name: _field(name, kind, self.types.get(name, ""), name in optional)
            for name, kind in inputs.items()
        }

    def frame(self, rows: list[dict[str, Any]]) -> pd.DataFrame:
        """Return rows as the model's columns, in its order."""
        import pandas as pd

        made = {name: _column([row[name] for row in rows], kind) for name, kind in self.types.items()}
        return pd.DataFrame(made)


def _wanted(names: list[str], schema: Any) -> dict[str, tuple[str, bool]]:
    """Return MLflow's type of each column, and whether it must be there."""
    columns = list(schema.inputs)
    if schema.is_tensor_spec():
        first = columns[0]
        if len(columns) > 1 or len(first.shape) != 2 or first.shape[1] not in (-1, len(names)):
            raise ValueError(f"the model takes {schema}, and serving.inputs are {len(names)} columns")
        return dict.fromkeys(names, (TENSORS.get(str(first.type), str(first.type)), True))
    # Columns without names go by their order.
    spare = [*names, *(f"column {index}" for index in range(len(names), len(columns)))]
    return {
        column.name or name: (getattr(column.type, "name", str(column.type)), column.required)
        for column, name in zip(columns, spare, strict=False)
    }


def _field(name: str, kind: str, column: str, optional: bool) -> Field:
    bound = FITS[column][2] if column else 0
    nullable = optional or column not in WHOLE
    if not bound:
        return Field(name, kind, nullable, optional)
    return Field(name, kind, nullable, optional, low=-bound - (column == "integer"), high=bound)


def _column(values: list[Any], kind: str) -> pd.Series[Any]:
    import pandas as pd

    if kind == "datetime":
        times = pd.to_datetime(pd.Series(values, dtype="object"), utc=True)
        return times.dt.tz_localize(None).astype("datetime64[ns]")
    return pd.Series(values, dtype=FITS[kind][1] if kind else None)
