"""Read csv and parquet with logical types: integer, number, string, boolean, timestamp.

A value that cannot be read as its declared type becomes a null and is counted as a fault: one bad
cell neither hides the rest of its column nor passes unseen.
"""

from __future__ import annotations

import csv
import datetime as dt
import glob
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from verdict import counted

if TYPE_CHECKING:
    import pandas as pd

NULLS = ["", "NA", "N/A", "n/a", "NaN", "nan", "-nan", "null", "NULL", "None", "<NA>", "#N/A"]
BOOLEANS = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}
# What parquet may hold: numpy kinds, or Python types where a column is of objects.
KINDS: dict[str, tuple[str, type | tuple[type, ...]]] = {
    "integer": ("iuf", (int, Decimal)),
    "number": ("iuf", (int, float, Decimal)),
    "string": ("", str),
    "boolean": ("b", bool),
    "timestamp": ("M", dt.date),
}


class MalformedError(ValueError):
    """A file that is there, but is not a table of its format."""


@dataclass(frozen=True)
class Table:
    """The rows of all files, and what was wrong with them, each with a `reason`."""

    frame: pd.DataFrame
    faults: list[dict[str, Any]]


def find(path: str, suffix: str) -> list[str]:
    """Return the files of a file name, glob, folder or URL, sorted; raise FileNotFoundError for none."""
    if "://" in path:
        found = _find_remote(path, suffix)
    elif Path(path).is_dir():
        found = [str(file) for file in Path(path).rglob(f"*.{suffix}") if not file.name.startswith(".")]
    else:
        found = [path] if Path(path).exists() else glob.glob(path, recursive=True)
    if not found:
        raise FileNotFoundError(f"no {suffix} file matches {path}")
    return sorted(found)


def load(files: list[str], suffix: str, types: dict[str, str]) -> Table:
    """Read files side by side into one table, in the order given.

    Raises MalformedError, with the file's name, where the content is no table, else OSError.
    """
    import pandas as pd

    # pandas only warns when rows are longer than the header, and drops the rest of them.
    warnings.simplefilter("error", pd.errors.ParserWarning)
    with ThreadPoolExecutor(min(8, len(files))) as pool:
        frames = list(pool.map(lambda file: _read(file, suffix, types), files))
    names = dict.fromkeys(name for frame in frames for name in frame.columns)
    gaps = [
        _fault("columns", name, f"{file} has no column {name}")
        for file, frame in zip(files, frames, strict=True)
        for name in names
        if name not in frame
    ]
    frame = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    faults = [_convert(frame, name, types[name], suffix) for name in types if name in frame]
    return Table(frame, gaps + [fault for fault in faults if fault["unexpected_count"]])


def _find_remote(path: str, suffix: str) -> list[str]:
    pattern = any(sign in path for sign in "*?[")
    if PurePosixPath(path).suffix and not pattern:
        return [path]
    from fsspec.core import url_to_fs

    system, root = url_to_fs(path)
    found = system.glob(root if pattern else f"{root.rstrip('/')}/**/*.{suffix}")
    return [system.unstrip_protocol(name) for name in found]


def _read(file: str, suffix: str, types: dict[str, str]) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_parquet(file) if suffix == "parquet" else _read_csv(file, types)
    except (ValueError, OSError, pd.errors.ParserWarning) as fault:
        # pyarrow reports a damaged file as an OSError without a number.
        if isinstance(fault, OSError) and not (suffix == "parquet" and fault.errno is None):
            raise
        raise MalformedError(f"{file} is not a {suffix} table: {str(fault).strip()}") from fault


def _read_csv(file: str, types: dict[str, str]) -> pd.DataFrame:
    import pandas as pd

    header = pd.read_csv(file, header=None, nrows=1, dtype=str, keep_default_na=False).iloc[0]
    if twice := [name for name, count in Counter(header).items() if name and count > 1]:
        raise ValueError(f"the column {twice[0]} stands there {Counter(header)[twice[0]]} times")
    # In a declared string column only an empty field is a null: NA may be Namibia.
    nulls = {name: [""] if types.get(name) == "string" else NULLS for name in header}
    options: Any = {"index_col": False, "na_values": nulls, "keep_default_na": False, "low_memory": False}
    text = {name: str for name, logical in types.items() if logical in ("string", "timestamp")}
    frame: pd.DataFrame = pd.read_csv(file, dtype=text, **options)
    wide = {name: str for name in types if types[name] == "integer" and name in frame and _bent(frame[name])}
    if wide:
        frame = pd.read_csv(file, dtype=text | wide, **options)
    if frame.iloc[:, -1].isna().any() and Path(file).is_file() and file.endswith(".csv"):
        _refuse_short_rows(Path(file), len(header))
    return frame


def _refuse_short_rows(file: Path, width: int) -> None:
    """Raise ValueError for a row that ends early, which pandas would fill up with nulls."""
    with file.open(newline="", encoding="utf-8-sig") as stream:
        reader = csv.reader(stream)
        if short := next((row for row in reader if 0 < len(row) < width), None):
            raise ValueError(f"line {reader.line_num} has {len(short)} fields instead of {width}")


def _bent(values: pd.Series[Any]) -> bool:
    """Return whether whole numbers beside nulls became floats that cannot hold them."""
    return values.dtype.kind == "f" and bool((values.abs() >= 2**53).any())


def _convert(frame: pd.DataFrame, name: str, logical: str, suffix: str) -> dict[str, Any]:
    """Replace a column by its typed values, and say which could not be read."""
    given = frame[name].dropna()
    typed = readable(of_kind(given, logical, suffix), logical)
    # Great Expectations cannot compare pandas' NA; only integers that a float would bend keep it.
    if len(typed) < len(frame) and logical == "integer" and _bent(typed.astype(float)):
        typed = typed.astype("Int64")
    frame[name] = typed = typed.reindex(frame.index)
    bad = given[typed[given.index].isna()]
    reason = counted(name, len(bad), len(given), f"cannot be read as {logical}", bad) if len(bad) else ""
    return _fault(logical, name, reason) | {"element_count": len(given), "unexpected_count": len(bad)}


def _fault(kind: str, column: str, reason: str) -> dict[str, Any]:
    return {"type": kind, "column": column, "success": not reason, "checked": True, "reason": reason}


def of_kind(values: pd.Series[Any], logical: str, suffix: str) -> pd.Series[Any]:
    """Return the values whose own type is the logical one or fits in it; text of a csv may be any."""
    kinds, types = KINDS[logical]
    if suffix == "csv" and (values.dtype.kind == "O" or logical == "boolean"):
        return values
    if values.dtype.kind != "O":
        return values if values.dtype.kind in kinds else values.head(0)
    return values[[isinstance(v, types) and isinstance(v, bool) == (types is bool) for v in values]]


def readable(values: pd.Series[Any], logical: str) -> pd.Series[Any]:
    """Return the values that can be read as the logical type, in that type; times as UTC."""
    import pandas as pd

    if logical == "string" or values.dtype == bool:
        return values
    if logical == "boolean":
        return values.astype(str).str.strip().str.lower().map(BOOLEANS).dropna().astype(bool)
    if logical == "timestamp":
        times = pd.to_datetime(values, format="ISO8601", utc=True, errors="coerce")
        return times.dropna().dt.tz_localize(None)
    numbers = pd.to_numeric(values, errors="coerce").dropna()
    if logical == "number":
        return numbers
    return numbers[(numbers % 1 == 0) & (numbers.abs() < 2**63)].astype("int64")
