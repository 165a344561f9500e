"""Reads typed columns of any number of files in chunks, and draws a sample that fits in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from drift_files import header, raw
from tables import of_kind, readable

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

# Up to this many rows are kept and compared as they are; of more, a sample says where to count.
WHOLE = 1_000_000
SAMPLE = 100_000
PEEK = 10_000


@dataclass
class Source:
    """Files of one format, and the logical type of each column that is read; which of these are declared.

    `unread` and `lacking` are filled while reading: values that cannot be read as their column's type,
    and the files that lack a column.
    """

    files: list[str]
    suffix: str
    types: dict[str, str]
    declared: Collection[str] = ()
    unread: Counter[str] = field(default_factory=Counter)
    lacking: dict[str, list[str]] = field(default_factory=dict)

    def chunks(self) -> Iterator[pd.DataFrame]:
        """Yield the typed columns, some rows at a time; what is missing or cannot be read is null.

        Raises MalformedError, with the file's name, where the content is no table.
        """
        self.unread.clear()
        self.lacking.clear()
        for file in self.files:
            for name in self.types.keys() - set(header(file, self.suffix)):
                self.lacking.setdefault(name, []).append(file)
            for chunk in raw(file, self.suffix, self.types, self.declared):
                yield self._typed(chunk)

    def _typed(self, chunk: pd.DataFrame) -> pd.DataFrame:
        import pandas as pd

        columns = {name: self._column(chunk, name) for name in self.types if name in chunk}
        return pd.DataFrame(columns, index=chunk.index).reindex(columns=list(self.types))

    def _column(self, chunk: pd.DataFrame, name: str) -> pd.Series[Any]:
        given = chunk[name].dropna()
        if given.dtype.name == "category":
            given = given.astype(object)
        read = _readable(given, self.types[name], self.suffix)
        if read.dtype.kind == "f":
            read = read[read.abs() != float("inf")]
        self.unread[name] += len(given) - len(read)
        return read if len(read) == len(chunk) else read.reindex(chunk.index)


@dataclass(frozen=True)
class Sample:
    """Rows of a source: all of them, or as many as were drawn."""

    frame: pd.DataFrame
    rows: int
    ordered: dict[str, NDArray[Any]] = field(default_factory=dict)

    def numbers(self, name: str) -> NDArray[Any]:
        """Return the values of a column that are not null, ascending; times in seconds."""
        if name not in self.ordered:
            values = self.frame[name].dropna()
            if values.dtype.kind == "M":
                values = values.astype("datetime64[ns]").astype("int64") / 1e9
            numbers = values.to_numpy(dtype=float, copy=True)
            numbers.sort()
            self.ordered[name] = numbers
        return self.ordered[name]

    @property
    def whole(self) -> bool:
        """Return whether these are all rows."""
        return len(self.frame) == self.rows


def draw(source: Source, key: str = "") -> Sample:
    """Return all rows of a source, or SAMPLE of them by chance when there are more than WHOLE.

    With a key column, rows are drawn by its hash, so that samples of two sources hold the same keys.
    """
    import numpy as np
    import pandas as pd

    rows, chance = 0, np.random.default_rng(0)
    parts: list[pd.DataFrame] = [pd.DataFrame(columns=list(source.types))]
    ranks: list[Any] = [np.empty(0)]
    for chunk in source.chunks():
        rows += len(chunk)
        # An empty frame without types would turn every column into objects.
        parts = [part for part in parts if len(part)] + [chunk]
        ranks.append(_ranks(chunk[key]) if key else chance.random(len(chunk)))
        if rows > WHOLE:
            rank = np.concatenate(ranks)
            kept = np.sort(np.argpartition(rank, SAMPLE)[:SAMPLE])
            parts, ranks = [pd.concat(parts, ignore_index=True).iloc[kept]], [rank[kept]]
    return Sample(parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True), rows)


def logical_types(
    files: list[str], suffix: str, columns: list[str], declared: dict[str, str]
) -> dict[str, str]:
    """Return the logical type of each column that the files have: declared, else as the first values look.

    Empty where there is no value to look at.
    """
    known: dict[str, str] = {}
    for file in files:
        if all(known.get(name) for name in columns):
            break
        unseen = {name: "" for name in header(file, suffix) if name in columns and not known.get(name)}
        first = next(raw(file, suffix, unseen, size=PEEK), None) if unseen else None
        known |= unseen
        if first is not None:
            known |= {name: declared.get(name) or look(first[name]) for name in unseen}
    return known


def look(values: pd.Series[Any]) -> str:
    """Return the logical type that values look like, empty when there is none to look at."""
    values = values.dropna()
    if not len(values):
        return ""
    first = values.iloc[0]
    if values.dtype.kind in "bM":
        return "boolean" if values.dtype.kind == "b" else "timestamp"
    if values.dtype.kind in "iuf" or type(first).__name__ in ("int", "float", "Decimal"):
        return "number"
    return "boolean" if isinstance(first, bool) else "timestamp" if hasattr(first, "year") else "string"


def _readable(values: pd.Series[Any], logical: str, suffix: str) -> pd.Series[Any]:
    """Return those of the values, without nulls, that can be read as the logical type, in that type."""
    import pandas as pd

    # Most columns of text hold nothing else, and pandas knows it sooner than a look at each value.
    if logical == "string" and pd.api.types.infer_dtype(values) == "string":
        return values
    return readable(of_kind(values, logical, suffix), logical)


def _ranks(keys: pd.Series[Any]) -> Any:
    """Return a hash of each key, the same for 1 and 1.0."""
    import pandas as pd

    plain = keys.astype(float) if keys.dtype.kind in "iuf" else keys.astype(str)
    return pd.util.hash_pandas_object(plain, index=False).to_numpy()
