"""Reads the log of predictions, some rows at a time, all values as text: csv and parquet say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tables import MalformedError, find

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 100_000
PREDICTION = "prediction"
# When a file was begun stands in its name; it then takes rows for some minutes.
STAMP = re.compile(r"(\d{8}T\d{6}Z)-[0-9a-f]+\.\w+$")
SLACK = timedelta(hours=1)


@dataclass(frozen=True)
class Wanted:
    """What is read: the format of the files, the columns that they must have, and those that they may.

    Columns of predictions are read wherever they are.
    """

    suffix: str
    keys: tuple[str, ...]
    others: tuple[str, ...] = ()
    what: str = "log of predictions"

    def of(self, file: str, names: list[str]) -> list[str]:
        """Return the columns to read of those that a file has; raise MalformedError for another table."""
        if lacking := [name for name in self.keys if name not in names]:
            raise MalformedError(f"{file} is no {self.what}: it has no column {lacking[0]}")
        return [name for name in names if name in (*self.keys, *self.others) or predicted(name)]


def predicted(name: str) -> bool:
    """Say whether a column holds what the model answered."""
    return name == PREDICTION or name.startswith(f"{PREDICTION}_")


def files_since(place: str, suffix: str, since: datetime) -> list[str]:
    """Return the files of a folder or URL that may hold rows of that time or later.

    Raises FileNotFoundError where the log has no file at all.
    """
    return [file for file in find(place, suffix) if _begun(file, since) >= since - SLACK]


def rows(file: str, wanted: Wanted) -> Iterator[pd.DataFrame]:
    """Yield the wanted columns of a file as text, nothing being an empty one.

    Raises MalformedError, with the file's name, for what is no such table.
    """
    try:
        yield from (_parquet if wanted.suffix == "parquet" else _csv)(file, wanted)
    except (ValueError, OSError) as fault:
        # pyarrow reports a damaged file as an OSError without a number.
        if isinstance(fault, MalformedError) or (isinstance(fault, OSError) and fault.errno is not None):
            raise
        raise MalformedError(f"{file} is not a {wanted.suffix} table: {str(fault).strip()}") from fault


def _begun(file: str, otherwise: datetime) -> datetime:
    """Return when a file was begun; a file of another name is never too old."""
    found = STAMP.search(file)
    return datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if found else otherwise


def _csv(file: str, wanted: Wanted) -> Iterator[pd.DataFrame]:
    import pandas as pd

    options: Any = {"dtype": str, "keep_default_na": False, "index_col": False}
    names = list(pd.read_csv(file, nrows=0, **options).columns)
    with pd.read_csv(file, usecols=wanted.of(file, names), chunksize=CHUNK, **options) as reader:
        # A row that ends early has nothing in its last columns.
        yield from (chunk.fillna("") for chunk in reader)


def _parquet(file: str, wanted: Wanted) -> Iterator[pd.DataFrame]:
    import fsspec
    import pyarrow.parquet as pq

    with fsspec.open(file) as stream, pq.ParquetFile(stream) as opened:
        columns = wanted.of(file, list(opened.schema_arrow.names))
        for batch in opened.iter_batches(CHUNK, columns=columns):
            # A float would bend large whole numbers that stand beside nothing.
            chunk = batch.to_pandas(integer_object_nulls=True)
            yield chunk.astype(object).where(chunk.notna(), "").astype(str)
