"""One local file of the rows of many, value by value as they stand there."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path


def joined(names: list[str], suffix: str, target: Path) -> Path:
    """Write the rows of files with the same columns into one; a single file is copied as it is."""
    import fsspec

    if len(names) == 1:
        with fsspec.open(names[0], "rb") as source, target.open("wb") as out:
            shutil.copyfileobj(source, out)
    elif suffix == "parquet":
        _parquet(names, target)
    else:
        _csv(names, target)
    return target


def _csv(names: list[str], target: Path) -> None:
    header: list[str] = []
    with target.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        for name in names:
            rows = _rows(name)
            own = next(rows, [])
            if not header:
                header = own
                writer.writerow(header)
            places = [own.index(column) for column in header]
            writer.writerows([row[place] for place in places] for row in rows)


def _rows(name: str) -> Iterator[list[str]]:
    import fsspec

    with fsspec.open(name, "r", newline="", encoding="utf-8-sig", compression="infer") as stream:
        yield from (row for row in csv.reader(stream) if row)


def _parquet(names: list[str], target: Path) -> None:
    import fsspec
    import pyarrow.parquet as pq

    writer = None
    try:
        for name in names:
            with fsspec.open(name, "rb") as stream:
                file = pq.ParquetFile(stream)
                schema = writer.schema if writer else file.schema_arrow
                writer = writer or pq.ParquetWriter(target, schema)
                for batch in file.iter_batches():
                    writer.write_batch(batch.select(schema.names).cast(schema))
    finally:
        if writer:
            writer.close()
