"""Files of predictions: written under a hidden name, renamed when they are whole.

A reader sees whole files alone. One that a killed process left behind is completed by the next one,
as far as its rows are whole.
"""

from __future__ import annotations

import csv
import fcntl
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

Row = dict[str, Any]
HIDDEN = "."


class Csv:
    """A file of comma-separated values that is being written."""

    suffix = "csv"

    def __init__(self, path: Path, first: Row, _kinds: dict[str, str]) -> None:
        """Open it, with the header that the first row has."""
        self.stream: IO[str] = path.open("w", newline="", encoding="utf-8")
        fcntl.flock(self.stream, fcntl.LOCK_EX)
        self.writer = csv.DictWriter(self.stream, list(first), restval="", extrasaction="ignore")
        self.writer.writeheader()

    def add(self, rows: list[Row]) -> None:
        """Write rows."""
        self.writer.writerows(rows)
        self.stream.flush()

    def size(self) -> int:
        """Return how many bytes were written."""
        return self.stream.tell()

    def close(self) -> None:
        """Have it on the disk."""
        self.stream.flush()
        os.fsync(self.stream.fileno())
        self.stream.close()


class Parquet:
    """A parquet file that is being written; it can be read only when it is whole."""

    suffix = "parquet"

    def __init__(self, path: Path, first: Row, kinds: dict[str, str]) -> None:
        """Open it, with the types of the inputs, and of the predictions as the first row has them."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        types = {
            "integer": pa.int64(),
            "number": pa.float64(),
            "boolean": pa.bool_(),
            "timestamp": pa.timestamp("us", "UTC"),
        }
        known = {
            name: types.get(kinds.get(name) or _kind(value), pa.string()) for name, value in first.items()
        }
        self.pa, self.schema, self.stream = pa, pa.schema(known.items()), path.open("wb")
        fcntl.flock(self.stream, fcntl.LOCK_EX)
        self.writer = pq.ParquetWriter(self.stream, self.schema)

    def add(self, rows: list[Row]) -> None:
        """Write rows, as a group of their own."""
        self.writer.write_table(self.pa.Table.from_pylist(rows, self.schema))

    def size(self) -> int:
        """Return how many bytes were written."""
        return self.stream.tell()

    def close(self) -> None:
        """Have it on the disk."""
        self.writer.close()
        self.stream.flush()
        os.fsync(self.stream.fileno())
        self.stream.close()


class Files:
    """Where predictions are written to, one file after the other."""

    def __init__(self, folder: Path, log: dict[str, Any], kinds: dict[str, str]) -> None:
        """Take the folder, what is said of the log, and types of columns; complete what lies there."""
        self.folder, self.log, self.kinds = folder, log, kinds
        self.open: Csv | Parquet | None = None
        self.form: type[Csv | Parquet] = Parquet if log["format"] == "parquet" else Csv
        self.path, self.since, self.names = folder, 0.0, list[str]()
        self.counts: dict[str, int] = {}
        folder.mkdir(parents=True, exist_ok=True)
        self._complete()

    def add(self, rows: list[Row]) -> None:
        """Write rows of the same columns; a file that is large enough ends."""
        if self.open and self.names != list(rows[0]):
            self.close()
        if self.open is None:
            stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
            self.path = self.folder / f"{HIDDEN}{stamp}-{uuid.uuid4().hex[:12]}.{self.form.suffix}"
            self.open, self.names = self.form(self.path, rows[0], self.kinds), list(rows[0])
            self.since = time.monotonic()
        self.open.add(rows)
        name = self.path.name.removeprefix(HIDDEN)
        self.counts[name] = self.counts.get(name, 0) + len(rows)
        if self.open.size() >= self.log["bytes"]:
            self.close()

    def left(self) -> float | None:
        """Return the seconds until the open file is old enough to end, None without one."""
        return max(0.0, self.since + self.log["seconds"] - time.monotonic()) if self.open else None

    def close(self) -> None:
        """End the open file, if there is one."""
        if self.open:
            self.open.close()
            self.open = None
            _appear(self.path)

    def _complete(self) -> None:
        for path in sorted(self.folder.glob(f"{HIDDEN}*.csv")):
            with path.open("r+", newline="", encoding="utf-8", errors="surrogateescape") as stream:
                try:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    # Another process writes it.
                    continue
                stream.truncate(sum(map(_bytes, _whole_lines(stream))))
            _appear(path)


def _whole_lines(stream: IO[str]) -> Iterator[str]:
    """Yield the lines of those rows that are whole: a quoted value may hold a line's end."""
    held: list[str] = []
    quoted = False
    for line in stream:
        held.append(line)
        quoted ^= line.count('"') % 2 == 1
        if line.endswith("\n") and not quoted:
            yield "".join(held)
            held.clear()


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", errors="surrogateescape"))


def _appear(path: Path) -> None:
    os.replace(path, path.with_name(path.name.removeprefix(HIDDEN)))


def _kind(value: Any) -> str:
    kinds = {bool: "boolean", int: "number", float: "number"}
    return kinds.get(type(value), "string")
