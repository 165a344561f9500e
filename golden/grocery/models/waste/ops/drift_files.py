"""Reads some columns of a csv or parquet file, some rows at a time, as they stand there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tables import NULLS, MalformedError

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 250_000


def header(file: str, suffix: str) -> list[str]:
    """Return the names of a file's columns."""
    import pandas as pd

    if suffix == "parquet":
        with _parquet(file) as opened:
            return list(opened.schema_arrow.names)
    with _named(file, suffix):
        row = pd.read_csv(file, header=None, nrows=1, dtype=str, keep_default_na=False).iloc[0]
    return [str(name) for name in row]


def raw(
    file: str, suffix: str, types: dict[str, str], declared: Collection[str] = (), size: int = CHUNK
) -> Iterator[pd.DataFrame]:
    """Yield those columns of `types` that a file has, `size` rows at a time; rows also where it has none."""
    names = header(file, suffix)
    if twice := [name for name in types if names.count(name) > 1]:
        raise MalformedError(f"{file} has the column {twice[0]} {names.count(twice[0])} times")
    held = {name: types[name] for name in types if name in names}
    read = held or {names[0]: ""}
    with _named(file, suffix):
        for chunk in (_parquet_rows if suffix == "parquet" else _csv_rows)(file, read, declared, size):
            yield chunk[list(held)]


def _parquet_rows(
    file: str, types: dict[str, str], _declared: Collection[str], size: int
) -> Iterator[pd.DataFrame]:
    with _parquet(file) as opened:
        for batch in opened.iter_batches(size, columns=list(types)):
            yield batch.to_pandas()


def _csv_rows(
    file: str, types: dict[str, str], declared: Collection[str], size: int
) -> Iterator[pd.DataFrame]:
    import pandas as pd

    text = {name: str for name, logical in types.items() if logical in ("string", "timestamp")}
    # As when validating: in a declared string column only an empty field is a null.
    nulls = {name: [""] if name in declared and types[name] == "string" else NULLS for name in types}
    options: Any = {"usecols": list(types), "na_values": nulls, "keep_default_na": False, "dtype": text}
    with pd.read_csv(file, chunksize=size, low_memory=False, index_col=False, **options) as reader:
        yield from reader


@contextmanager
def _parquet(file: str) -> Iterator[Any]:
    import pyarrow.parquet as pq

    with _named(file, "parquet"):
        if "://" not in file:
            with pq.ParquetFile(file) as opened:
                yield opened
            return
        import fsspec

        with fsspec.open(file) as stream, pq.ParquetFile(stream) as opened:
            yield opened


@contextmanager
def _named(file: str, suffix: str) -> Iterator[None]:
    """Turn what a reader raises for damaged content into a MalformedError that names the file."""
    try:
        yield
    except (ValueError, OSError) as fault:
        # pyarrow reports a damaged file as an OSError without a number.
        if isinstance(fault, MalformedError) or (isinstance(fault, OSError) and fault.errno is not None):
            raise
        raise MalformedError(f"{file} is not a {suffix} table: {str(fault).strip()}") from fault
