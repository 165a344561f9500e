"""In which format a table is kept, by the name of its place."""

from __future__ import annotations


def suffix_of(path: str, default: str) -> str:
    """Return csv or parquet as a path ends, else the default."""
    ending = path.rpartition(".")[2].lower()
    return ending if ending in ("csv", "parquet") else default
