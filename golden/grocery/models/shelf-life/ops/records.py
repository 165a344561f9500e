"""Counts the records that have come since the last training, each once, told by name and content.

Parquet tells its rows in its footer; only csv files are read, and only those not counted before.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digests import content_of, digest
from tables import find

# A mark is 16 hex digits: with a hundred million objects, one in ten thousand such stores mixes up two.
MARK_DIGITS = 16


@dataclass(frozen=True)
class Counted:
    """Rows of the objects that are new, by mark; all marks that are there; objects that cannot be counted."""

    rows: dict[str, int] = field(default_factory=dict)
    marks: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many records are new."""
        return sum(self.rows.values())


def count(data: Mapping[str, Any], seen: list[str], known: Mapping[str, int]) -> Counted:
    """Count the records in `data.incoming`, but for the objects in `seen`; `known` are earlier counts.

    An object that was replaced by another content is a new one. Raises OSError where the place cannot
    be listed; a folder that does not exist yet is empty.
    """
    there, done = objects(data["incoming"], data["format"]), set(seen)
    rows, unreadable = {}, []
    for mark, name in there.items():
        if mark in done:
            continue
        try:
            rows[mark] = known[mark] if mark in known else rows_of(name, data["format"])
        except (ValueError, csv.Error, OSError) as fault:
            # pyarrow reports a damaged file as an OSError without a number.
            if isinstance(fault, OSError) and fault.errno is not None:
                raise
            unreadable.append(f"{name} cannot be counted: {str(fault).strip()}")
    return Counted(rows, list(there), unreadable)


def objects(place: str, suffix: str) -> dict[str, str]:
    """Return the names of the files of a folder, glob or URL, by mark; not those in quarantine."""
    found = _remote(place, suffix) if "://" in place else _local(place, suffix)
    return {_mark(name, found[name]): name for name in sorted(found) if "/quarantine/" not in name}


def rows_of(name: str, suffix: str) -> int:
    """Return how many records a file or object has; raise ValueError or csv.Error for a damaged one."""
    import fsspec

    with fsspec.open(name, "rb") as stream:
        if suffix == "parquet":
            import pyarrow.parquet as pq

            return int(pq.ParquetFile(stream).metadata.num_rows)
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        # The first row is the header; what has no field is no record.
        return max(0, sum(1 for row in csv.reader(text) if row) - 1)


def _local(place: str, suffix: str) -> dict[str, str]:
    try:
        names = find(place, suffix)
    except FileNotFoundError:
        return {}
    return {Path(name).as_posix(): digest(name) for name in names}


def _remote(place: str, suffix: str) -> dict[str, str]:
    """Return the objects of a URL with their etags, from listings alone."""
    from fsspec.core import url_to_fs

    system, root = url_to_fs(place)
    system.invalidate_cache()
    found = system.glob(root, detail=True) if "*" in root else system.find(root, detail=True)
    return {
        system.unstrip_protocol(name): content_of(info)
        for name, info in found.items()
        if name.endswith(f".{suffix}")
    }


def _mark(name: str, content: str) -> str:
    return hashlib.sha256(f"{name}\0{content}".encode()).hexdigest()[:MARK_DIGITS]
