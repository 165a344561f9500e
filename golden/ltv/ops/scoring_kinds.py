"""What kind of values a column holds, as its first rows look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# Enough rows to see what a column holds.
PEEK = 10_000


def head(file: str, suffix: str) -> pd.DataFrame:
    """Return the first rows of a file, as they stand there."""
    import pandas as pd

    if suffix == "csv":
        return pd.read_csv(file, nrows=PEEK)
    import fsspec
    import pyarrow.parquet as pq

    with fsspec.open(file, "rb") as stream:
        whole = pq.ParquetFile(stream)
        empty = whole.schema_arrow.empty_table()
        first = next(whole.iter_batches(PEEK), None)
    rows: pd.DataFrame = (empty if first is None else first).to_pandas()
    return rows


def looks(values: pd.Series[Any]) -> str:
    """Return the logical type that values look like; whole numbers are numbers, for one day they are not."""
    values = values.dropna()
    if not len(values):
        return ""
    if values.dtype.kind in "iuf":
        return "number"
    if values.dtype.kind in "bM":
        return {"b": "boolean", "M": "timestamp"}[values.dtype.kind]
    first = values.iloc[0]
    if isinstance(first, bool):
        return "boolean"
    if type(first).__name__ in ("int", "float", "Decimal"):
        return "number"
    return "timestamp" if hasattr(first, "year") else "string" if isinstance(first, str) else ""
